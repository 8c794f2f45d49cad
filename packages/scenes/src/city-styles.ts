import type { Color } from './scene.ts';

/** `[low, high]`, drawn uniformly. */
export type Range = readonly [number, number];

/**
 * What places of one city have in common: colours, light, layout, and how much there is of
 * everything. Lengths in metres.
 */
export interface CityStyle {
  walls: readonly Color[];
  windows: readonly Color[];
  road: readonly Color[];
  paving: readonly Color[];
  ground: readonly [Color, Color][];
  leaves: readonly [Color, Color][];
  cars: readonly Color[];
  poles: readonly Color[];

  skyTop: Color;
  skyHorizon: Color;
  cloud: Color;
  cloudCover: Range;
  tint: Color;
  sun: Range;
  sunHeight: Range;
  fog: Range;
  exposure: Range;
  contrast: Range;

  roadWidth: Range;
  /** 0..0 = no pavement. */
  pavement: Range;
  setback: Range;
  buildingWidth: Range;
  buildingHeight: Range;
  /** Height of a floor times this is glass. */
  glass: Range;
  gabled: number;
  shops: number;
  /** Probabilities 0..1 that a block side is built up; else it is a park or a field. */
  built: number;
  gaps: number;
  /** Objects per 10 m of street side. */
  trees: number;
  hedges: number;
  people: number;
  parked: number;
  lamps: number;
  signs: number;
  /**
   * Probability 0..1 of a crossing with traffic lights, of a street that ends in front of
   * something.
   */
  lights: number;
  ends: number;
}

/** Every city that can be rendered; the last one is kept for validation. */
export const cityStyles = {
  oldtown: {
    walls: [
      [186, 150, 108],
      [164, 118, 92],
      [196, 176, 140],
      [150, 132, 116],
      [172, 142, 122],
      [120, 112, 96],
    ],
    windows: [
      [58, 54, 50],
      [76, 70, 62],
    ],
    road: [
      [120, 112, 104],
      [104, 98, 94],
    ],
    paving: [
      [128, 118, 106],
      [140, 128, 116],
      [108, 102, 96],
    ],
    ground: [
      [
        [96, 92, 60],
        [120, 110, 76],
      ],
    ],
    leaves: [
      [
        [70, 84, 44],
        [98, 106, 56],
      ],
    ],
    cars: [
      [150, 128, 108],
      [60, 56, 54],
      [168, 160, 150],
      [112, 60, 48],
      [180, 150, 110],
    ],
    poles: [
      [60, 58, 54],
      [92, 84, 76],
    ],
    skyTop: [120, 152, 196],
    skyHorizon: [206, 206, 200],
    cloud: [232, 226, 216],
    cloudCover: [0.2, 0.6],
    tint: [255, 240, 216],
    sun: [0.5, 0.9],
    sunHeight: [0.6, 1.0],
    fog: [0.001, 0.003],
    exposure: [0.85, 1.1],
    contrast: [0.95, 1.1],
    roadWidth: [5.5, 8],
    pavement: [1.6, 3],
    setback: [0, 0.4],
    buildingWidth: [6, 13],
    buildingHeight: [8, 15],
    glass: [0.42, 0.6],
    gabled: 0.5,
    shops: 0.6,
    built: 0.96,
    gaps: 0.08,
    trees: 0.12,
    hedges: 0.02,
    people: 1.1,
    parked: 0.5,
    lamps: 0.3,
    signs: 0.5,
    lights: 0.35,
    ends: 0.4,
  },
  avenue: {
    walls: [
      [204, 196, 178],
      [188, 176, 160],
      [214, 206, 196],
      [170, 164, 160],
    ],
    windows: [
      [66, 74, 86],
      [86, 92, 98],
    ],
    road: [
      [92, 94, 98],
      [84, 84, 86],
    ],
    paving: [
      [150, 146, 138],
      [128, 126, 122],
      [98, 98, 100],
    ],
    ground: [
      [
        [86, 112, 58],
        [112, 128, 70],
      ],
      [
        [150, 138, 112],
        [134, 124, 100],
      ],
    ],
    leaves: [
      [
        [58, 92, 44],
        [92, 124, 56],
      ],
      [
        [76, 100, 50],
        [120, 136, 72],
      ],
    ],
    cars: [
      [40, 42, 46],
      [196, 196, 196],
      [120, 124, 130],
      [92, 28, 30],
      [40, 60, 100],
    ],
    poles: [
      [70, 76, 72],
      [52, 66, 56],
    ],
    skyTop: [92, 140, 206],
    skyHorizon: [190, 212, 232],
    cloud: [246, 246, 246],
    cloudCover: [0, 0.6],
    tint: [255, 250, 240],
    sun: [0.6, 1],
    sunHeight: [0.7, 1.2],
    fog: [0.001, 0.003],
    exposure: [0.95, 1.15],
    contrast: [1, 1.15],
    roadWidth: [11, 17],
    pavement: [3, 6],
    setback: [0, 2],
    buildingWidth: [12, 26],
    buildingHeight: [15, 26],
    glass: [0.5, 0.65],
    gabled: 0.05,
    shops: 0.7,
    built: 0.85,
    gaps: 0.06,
    trees: 1.1,
    hedges: 0.05,
    people: 0.7,
    parked: 0.9,
    lamps: 0.45,
    signs: 0.5,
    lights: 0.6,
    ends: 0.2,
  },
  gardens: {
    walls: [
      [200, 190, 170],
      [150, 96, 76],
      [178, 186, 160],
      [216, 214, 206],
      [132, 140, 116],
      [160, 130, 104],
    ],
    windows: [
      [72, 80, 88],
      [96, 100, 100],
    ],
    road: [
      [112, 112, 110],
      [128, 124, 118],
    ],
    paving: [
      [152, 146, 138],
      [120, 118, 112],
    ],
    ground: [
      [
        [82, 122, 52],
        [108, 142, 66],
      ],
      [
        [98, 128, 62],
        [134, 140, 80],
      ],
    ],
    leaves: [
      [
        [46, 84, 36],
        [82, 118, 48],
      ],
      [
        [70, 104, 44],
        [114, 140, 64],
      ],
      [
        [90, 60, 50],
        [120, 84, 66],
      ],
    ],
    cars: [
      [150, 156, 160],
      [66, 92, 70],
      [170, 176, 150],
      [110, 40, 40],
      [44, 52, 80],
    ],
    poles: [
      [112, 92, 72],
      [126, 126, 122],
    ],
    skyTop: [112, 160, 214],
    skyHorizon: [204, 222, 232],
    cloud: [244, 246, 248],
    cloudCover: [0.1, 0.7],
    tint: [252, 252, 242],
    sun: [0.4, 0.9],
    sunHeight: [0.7, 1.2],
    fog: [0.001, 0.003],
    exposure: [0.9, 1.1],
    contrast: [0.95, 1.1],
    roadWidth: [6, 8.5],
    pavement: [1.4, 2.4],
    setback: [4, 9],
    buildingWidth: [8, 14],
    buildingHeight: [4.5, 8],
    glass: [0.35, 0.5],
    gabled: 0.95,
    shops: 0,
    built: 0.8,
    gaps: 0.3,
    trees: 0.7,
    hedges: 0.7,
    people: 0.3,
    parked: 0.4,
    lamps: 0.3,
    signs: 0.45,
    lights: 0.15,
    ends: 0.3,
  },
  harbour: {
    walls: [
      [132, 140, 146],
      [118, 96, 84],
      [150, 150, 144],
      [96, 116, 128],
      [168, 152, 120],
      [112, 124, 108],
    ],
    windows: [
      [70, 78, 84],
      [52, 56, 60],
    ],
    road: [
      [128, 128, 126],
      [106, 108, 110],
    ],
    paving: [
      [132, 132, 128],
      [144, 140, 130],
      [112, 112, 110],
    ],
    ground: [
      [
        [128, 118, 98],
        [146, 136, 112],
      ],
      [
        [112, 112, 84],
        [134, 126, 98],
      ],
    ],
    leaves: [
      [
        [82, 90, 58],
        [110, 112, 72],
      ],
    ],
    cars: [
      [128, 134, 138],
      [150, 130, 60],
      [176, 176, 172],
      [60, 78, 96],
      [96, 80, 70],
    ],
    poles: [
      [140, 142, 144],
      [104, 108, 112],
    ],
    skyTop: [166, 176, 186],
    skyHorizon: [208, 210, 210],
    cloud: [178, 182, 188],
    cloudCover: [0.5, 1],
    tint: [240, 246, 255],
    sun: [0.05, 0.35],
    sunHeight: [0.6, 1.1],
    fog: [0.003, 0.008],
    exposure: [0.8, 1.05],
    contrast: [0.85, 1],
    roadWidth: [8, 13],
    pavement: [1.2, 2.5],
    setback: [2, 12],
    buildingWidth: [18, 40],
    buildingHeight: [6, 13],
    glass: [0.25, 0.45],
    gabled: 0.25,
    shops: 0,
    built: 0.75,
    gaps: 0.3,
    trees: 0.08,
    hedges: 0.04,
    people: 0.35,
    parked: 0.55,
    lamps: 0.5,
    signs: 0.6,
    lights: 0.25,
    ends: 0.35,
  },
  downtown: {
    walls: [
      [96, 106, 118],
      [140, 148, 156],
      [72, 80, 92],
      [164, 168, 172],
      [112, 128, 140],
    ],
    windows: [
      [120, 148, 172],
      [86, 112, 134],
      [150, 170, 184],
    ],
    road: [
      [76, 78, 82],
      [96, 98, 102],
    ],
    paving: [
      [120, 122, 126],
      [146, 146, 146],
      [92, 94, 98],
    ],
    ground: [
      [
        [92, 112, 70],
        [110, 122, 84],
      ],
      [
        [120, 120, 122],
        [134, 134, 132],
      ],
    ],
    leaves: [
      [
        [50, 80, 48],
        [80, 108, 66],
      ],
    ],
    cars: [
      [28, 30, 34],
      [210, 180, 50],
      [190, 194, 198],
      [110, 116, 124],
      [120, 148, 172],
    ],
    poles: [
      [84, 88, 92],
      [150, 154, 156],
    ],
    skyTop: [130, 164, 200],
    skyHorizon: [186, 204, 218],
    cloud: [222, 228, 234],
    cloudCover: [0.2, 0.9],
    tint: [246, 250, 255],
    sun: [0.3, 0.8],
    sunHeight: [0.6, 1.2],
    fog: [0.002, 0.005],
    exposure: [0.85, 1.1],
    contrast: [1, 1.15],
    roadWidth: [11, 18],
    pavement: [3, 5.5],
    setback: [0, 4],
    buildingWidth: [18, 34],
    buildingHeight: [24, 60],
    glass: [0.72, 0.92],
    gabled: 0,
    shops: 0.5,
    built: 0.95,
    gaps: 0.12,
    trees: 0.25,
    hedges: 0.08,
    people: 1.0,
    parked: 0.3,
    lamps: 0.5,
    signs: 0.6,
    lights: 0.85,
    ends: 0.15,
  },
  orchard: {
    walls: [
      [176, 108, 76],
      [198, 170, 126],
      [150, 84, 64],
      [186, 150, 90],
    ],
    windows: [
      [64, 58, 56],
      [84, 72, 66],
    ],
    road: [
      [104, 98, 94],
      [118, 108, 98],
    ],
    paving: [
      [146, 128, 108],
      [118, 106, 96],
      [150, 112, 88],
    ],
    ground: [
      [
        [126, 118, 60],
        [164, 126, 58],
      ],
      [
        [108, 116, 60],
        [148, 132, 70],
      ],
    ],
    leaves: [
      [
        [176, 104, 38],
        [212, 152, 52],
      ],
      [
        [150, 66, 38],
        [186, 100, 50],
      ],
      [
        [128, 118, 46],
        [176, 154, 60],
      ],
    ],
    cars: [
      [176, 110, 60],
      [120, 112, 104],
      [86, 46, 38],
      [200, 190, 172],
      [70, 78, 64],
    ],
    poles: [
      [96, 80, 66],
      [70, 64, 60],
    ],
    skyTop: [150, 170, 200],
    skyHorizon: [232, 214, 184],
    cloud: [246, 226, 196],
    cloudCover: [0.1, 0.7],
    tint: [255, 228, 186],
    sun: [0.5, 1],
    sunHeight: [0.35, 0.6],
    fog: [0.002, 0.006],
    exposure: [0.9, 1.1],
    contrast: [0.95, 1.1],
    roadWidth: [6.5, 9],
    pavement: [1.5, 2.6],
    setback: [1, 6],
    buildingWidth: [8, 16],
    buildingHeight: [5.5, 11],
    glass: [0.4, 0.55],
    gabled: 0.8,
    shops: 0.15,
    built: 0.65,
    gaps: 0.25,
    trees: 1.0,
    hedges: 0.3,
    people: 0.45,
    parked: 0.5,
    lamps: 0.35,
    signs: 0.45,
    lights: 0.25,
    ends: 0.3,
  },
  moor: {
    walls: [
      [150, 146, 138],
      [188, 182, 170],
      [124, 118, 110],
    ],
    windows: [[60, 64, 68]],
    road: [
      [96, 98, 98],
      [116, 114, 108],
    ],
    paving: [
      [126, 122, 114],
      [140, 132, 118],
    ],
    ground: [
      [
        [104, 116, 62],
        [140, 134, 84],
      ],
      [
        [142, 128, 84],
        [112, 106, 70],
      ],
      [
        [86, 104, 64],
        [120, 126, 76],
      ],
    ],
    leaves: [
      [
        [60, 80, 50],
        [92, 104, 62],
      ],
      [
        [44, 66, 46],
        [70, 90, 60],
      ],
    ],
    cars: [
      [96, 110, 84],
      [60, 64, 66],
      [150, 146, 140],
      [116, 60, 50],
    ],
    poles: [
      [118, 104, 88],
      [150, 146, 140],
    ],
    skyTop: [136, 148, 164],
    skyHorizon: [196, 202, 206],
    cloud: [214, 216, 220],
    cloudCover: [0.4, 1],
    tint: [242, 246, 250],
    sun: [0.1, 0.5],
    sunHeight: [0.5, 0.9],
    fog: [0.004, 0.01],
    exposure: [0.8, 1.05],
    contrast: [0.85, 1],
    roadWidth: [6, 9],
    pavement: [0, 1.4],
    setback: [5, 14],
    buildingWidth: [9, 18],
    buildingHeight: [4, 7],
    glass: [0.3, 0.45],
    gabled: 0.9,
    shops: 0,
    built: 0.2,
    gaps: 0.5,
    trees: 0.5,
    hedges: 0.45,
    people: 0.2,
    parked: 0.15,
    lamps: 0.3,
    signs: 0.6,
    lights: 0.1,
    ends: 0.15,
  },
  coast: {
    walls: [
      [226, 218, 200],
      [214, 180, 150],
      [150, 186, 190],
      [232, 206, 140],
      [196, 140, 130],
      [160, 196, 160],
    ],
    windows: [
      [92, 122, 140],
      [70, 84, 96],
    ],
    road: [
      [146, 140, 130],
      [130, 126, 120],
    ],
    paving: [
      [186, 172, 148],
      [200, 190, 170],
      [140, 132, 120],
    ],
    ground: [
      [
        [196, 178, 134],
        [176, 158, 118],
      ],
      [
        [126, 132, 74],
        [168, 154, 102],
      ],
    ],
    leaves: [
      [
        [78, 112, 62],
        [120, 146, 82],
      ],
      [
        [96, 116, 84],
        [132, 144, 108],
      ],
    ],
    cars: [
      [226, 222, 214],
      [120, 170, 180],
      [214, 110, 90],
      [90, 90, 92],
      [222, 196, 120],
    ],
    poles: [
      [190, 186, 178],
      [120, 116, 108],
    ],
    skyTop: [64, 132, 214],
    skyHorizon: [176, 210, 236],
    cloud: [250, 250, 248],
    cloudCover: [0, 0.4],
    tint: [255, 248, 232],
    sun: [0.8, 1],
    sunHeight: [0.9, 1.4],
    fog: [0, 0.002],
    exposure: [1, 1.2],
    contrast: [1, 1.15],
    roadWidth: [7, 11],
    pavement: [2.2, 4.5],
    setback: [0, 3.5],
    buildingWidth: [8, 17],
    buildingHeight: [6, 14],
    glass: [0.38, 0.55],
    gabled: 0.2,
    shops: 0.4,
    built: 0.7,
    gaps: 0.2,
    trees: 0.45,
    hedges: 0.2,
    people: 0.7,
    parked: 0.6,
    lamps: 0.45,
    signs: 0.45,
    lights: 0.3,
    ends: 0.3,
  },
  winter: {
    walls: [
      [150, 142, 136],
      [116, 92, 84],
      [176, 172, 168],
      [128, 132, 120],
    ],
    windows: [
      [190, 160, 96],
      [78, 80, 90],
      [54, 58, 70],
    ],
    road: [
      [120, 122, 128],
      [142, 144, 148],
    ],
    paving: [
      [176, 178, 184],
      [150, 152, 158],
    ],
    ground: [
      [
        [206, 210, 218],
        [176, 180, 184],
      ],
      [
        [150, 146, 126],
        [190, 190, 186],
      ],
    ],
    leaves: [
      [
        [84, 80, 72],
        [128, 124, 118],
      ],
      [
        [56, 72, 62],
        [118, 126, 124],
      ],
    ],
    cars: [
      [70, 74, 82],
      [176, 178, 182],
      [110, 44, 44],
      [56, 70, 92],
    ],
    poles: [
      [66, 68, 74],
      [110, 110, 112],
    ],
    skyTop: [150, 160, 178],
    skyHorizon: [206, 202, 204],
    cloud: [190, 194, 204],
    cloudCover: [0.4, 1],
    tint: [226, 234, 255],
    sun: [0.1, 0.4],
    sunHeight: [0.3, 0.6],
    fog: [0.004, 0.009],
    exposure: [0.8, 1.05],
    contrast: [0.85, 1.05],
    roadWidth: [7, 12],
    pavement: [1.6, 4],
    setback: [0, 6],
    buildingWidth: [8, 20],
    buildingHeight: [7, 18],
    glass: [0.4, 0.55],
    gabled: 0.5,
    shops: 0.35,
    built: 0.85,
    gaps: 0.15,
    trees: 0.6,
    hedges: 0.2,
    people: 0.6,
    parked: 0.6,
    lamps: 0.45,
    signs: 0.5,
    lights: 0.4,
    ends: 0.3,
  },
} as const satisfies Record<string, CityStyle>;

/** Name of a city, in the order of {@link cityStyles}. */
export type CityName = keyof typeof cityStyles;

/** Names of all cities. */
export const cityNames = Object.keys(cityStyles) as CityName[];

/** The city that only the validation split shows. */
export const unseenCity: CityName = 'winter';
