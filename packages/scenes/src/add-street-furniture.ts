import { addBox, addPanel, vary, type Draft, type Look, type Place } from './draft.ts';
import { labels } from './labels.ts';
import type { Color, Paint } from './scene.ts';

const metal = (color: Color): Paint => ({ material: 'plain', color, grain: 0.12, feature: 0.12 });

function poleLook(draft: Draft): Look {
  return { paint: metal(vary(draft.random, draft.random.pick(draft.style.poles), 0.12)), label: labels.pole };
}

function addPost(draft: Draft, place: Place, look: Look, thickness: number, height: number): void {
  const half = thickness / 2;
  addBox(draft, place, { right: [-half, half], forward: [-half, half], height: [0, height] }, look);
}

/** Adds a street lamp whose arm reaches to the right by `arm` (to the left when negative). */
export function addLamp(draft: Draft, place: Place, arm: number): void {
  const { random } = draft;
  const look = poleLook(draft);
  const height = random.between(5, 8);
  addPost(draft, place, look, random.between(0.16, 0.24), height);
  addBox(
    draft,
    place,
    { right: [Math.min(0, arm), Math.max(0, arm)], forward: [-0.06, 0.06], height: [height - 0.14, height] },
    look,
  );
  addBox(
    draft,
    place,
    { right: [arm - 0.35, arm + 0.35], forward: [-0.14, 0.14], height: [height - 0.22, height + 0.06] },
    look,
  );
}

/** Adds a wooden or metal mast without anything on it. */
export function addMast(draft: Draft, place: Place): void {
  addPost(draft, place, poleLook(draft), draft.random.between(0.2, 0.34), draft.random.between(6, 10));
}

const plates: { color: Color; border: Color; symbol: Color; round: boolean }[] = [
  { color: [228, 226, 222], border: [186, 32, 36], symbol: [40, 40, 44], round: true },
  { color: [38, 84, 166], border: [224, 226, 230], symbol: [230, 232, 234], round: true },
  { color: [190, 34, 36], border: [226, 224, 222], symbol: [232, 230, 228], round: true },
  { color: [38, 84, 166], border: [216, 220, 226], symbol: [228, 230, 234], round: false },
  { color: [228, 190, 52], border: [40, 40, 40], symbol: [36, 36, 36], round: false },
  { color: [222, 222, 218], border: [60, 60, 62], symbol: [54, 54, 56], round: false },
  { color: [40, 110, 74], border: [220, 226, 222], symbol: [228, 232, 230], round: false },
];

/**
 * Adds a sign of half size `radius` at `height` on a post of its own; faces backwards, towards the
 * camera.
 */
export function addSign(draft: Draft, place: Place, radius: number): void {
  const { random } = draft;
  const look = poleLook(draft);
  const plate = random.pick(plates);
  const wide = plate.round ? 1 : random.between(1, 1.5);
  const middle = random.between(2.1, 2.6);
  addPost(draft, place, look, 0.11, middle + radius);
  const paint: Paint = {
    material: 'sign',
    color: plate.color,
    border: plate.border,
    symbol: plate.symbol,
    halfWidth: radius * wide,
    halfHeight: radius,
    round: plate.round,
  };
  const panel: Look = { paint, label: labels.trafficSign };
  if (plate.round) addDisc(draft, place, middle, radius, panel);
  else {
    addPanel(
      draft,
      place,
      { right: [-radius * wide, radius * wide], height: [middle - radius, middle + radius], forward: -0.08 },
      panel,
    );
  }
}

function addDisc(draft: Draft, place: Place, middle: number, radius: number, look: Look): void {
  // An octagon as wide as the disc; the corners between show the border's colour.
  const cut = radius * 0.41;
  const bands: [number, number, number][] = [
    [-radius, -cut, 0],
    [-cut, cut, 1],
    [cut, radius, 2],
  ];
  for (const [low, high, band] of bands) {
    const lowHalf = band === 0 ? cut : radius;
    const highHalf = band === 2 ? cut : radius;
    draft.polygons.push(octagonBand(draft, place, middle, [low, high], [lowHalf, highHalf], look));
  }
}

function octagonBand(
  draft: Draft,
  place: Place,
  middle: number,
  [low, high]: [number, number],
  [lowHalf, highHalf]: [number, number],
  look: Look,
): Draft['polygons'][number] {
  const start = draft.polygons.length;
  addPanel(draft, place, { right: [-1, 1], height: [middle - 1, middle + 1], forward: -0.08 }, look);
  const [polygon] = draft.polygons.splice(start, 1);
  const { x } = place;
  const z = place.z - 0.08;
  polygon.points = [
    [x - lowHalf, -(middle + low), z],
    [x + lowHalf, -(middle + low), z],
    [x + highHalf, -(middle + high), z],
    [x - highHalf, -(middle + high), z],
  ];
  return polygon;
}

/**
 * Adds a big direction board on a portal over the street, `right` from..to, its lower edge at
 * `height`.
 */
export function addDirectionBoard(
  draft: Draft,
  place: Place,
  { right, height, post }: { right: readonly [number, number]; height: number; post: number },
): void {
  const plate = draft.random.pick(plates.filter(({ round }) => !round));
  const look = poleLook(draft);
  const halfWidth = (right[1] - right[0]) / 2;
  const halfHeight = Math.min(halfWidth * 0.6, 1);
  addPost(draft, { ...place, x: place.x + post }, look, 0.26, height + 1);
  addBox(
    draft,
    place,
    {
      right: [Math.min(post, right[0]), Math.max(post, right[1])],
      forward: [-0.08, 0.08],
      height: [height + 0.5, height + 0.72],
    },
    look,
  );
  const { color, border, symbol } = plate;
  addPanel(
    draft,
    place,
    { right, height: [height - 0.3, height - 0.3 + 2 * halfHeight], forward: -0.14 },
    {
      paint: { material: 'sign', color, border, symbol, halfWidth, halfHeight, round: false },
      label: labels.trafficSign,
    },
  );
}

/**
 * Adds a traffic light on a post, and with `arm` another one that hangs over the street that far to
 * the right (or left).
 */
export function addTrafficLight(draft: Draft, place: Place, { arm, lit }: { arm: number; lit: 0 | 1 | 2 }): void {
  const { random } = draft;
  const look = poleLook(draft);
  const size = random.between(1.4, 1.8);
  const height = arm === 0 ? 3.6 : 5.6;
  addPost(draft, place, look, arm === 0 ? 0.14 : 0.2, height);
  addHead(draft, place, { right: 0, middle: 2.75, size, lit });
  if (arm !== 0) {
    addBox(
      draft,
      place,
      { right: [Math.min(0, arm), Math.max(0, arm)], forward: [-0.07, 0.07], height: [height - 0.16, height] },
      look,
    );
    addHead(draft, place, { right: arm, middle: height - 0.35, size, lit });
  }
}

const housings: Color[] = [
  [34, 36, 36],
  [34, 36, 36],
  [78, 82, 80],
  [48, 70, 54],
  [128, 128, 126],
  [176, 150, 60],
];

function addHead(
  draft: Draft,
  place: Place,
  { right, middle, size, lit }: { right: number; middle: number; size: number; lit: 0 | 1 | 2 },
): void {
  const { random } = draft;
  const label = labels.trafficLight;
  const half = 0.5 * size;
  const wide = 0.24 * size;
  const box: Look = { paint: metal(vary(random, random.pick(housings), 0.2)), label };
  addBox(
    draft,
    place,
    { right: [right - wide, right + wide], forward: [-0.3, -0.1], height: [middle - half, middle + half] },
    box,
  );
  const colors: Color[] = [
    [230, 50, 40],
    [244, 180, 40],
    [60, 214, 120],
  ];
  colors.forEach((color, index) => {
    const centre = middle + (1 - index) * half * 0.62;
    const radius = 0.14 * size;
    const paint: Paint = metal(index === lit ? color : [color[0] * 0.22, color[1] * 0.22, color[2] * 0.22]);
    addPanel(
      draft,
      place,
      { right: [right - radius, right + radius], height: [centre - radius, centre + radius], forward: -0.31 },
      { paint, label, layer: 1 },
    );
  });
}
