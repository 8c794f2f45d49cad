import { addBox, addPolygon, darken, vary, type Draft, type Look, type Place } from './draft.ts';
import { labels } from './labels.ts';
import type { Color, Facade } from './scene.ts';

/** Walls that occur in every city: the colours of leaves, sky, earth and asphalt. */
const everywhere: readonly Color[] = [
  [112, 128, 88],
  [64, 88, 52],
  [172, 116, 60],
  [92, 108, 72],
  [168, 190, 206],
  [196, 206, 212],
  [210, 208, 204],
  [140, 160, 184],
  [128, 124, 120],
  [146, 120, 78],
  [100, 100, 104],
];

/** Adds a house on the rectangle `right` x `forward` of its place, with a flat or a gabled roof. */
export function addBuilding(
  draft: Draft,
  place: Place,
  { right, forward, height }: { right: readonly [number, number]; forward: readonly [number, number]; height: number },
): void {
  const { random, style } = draft;
  const wall = vary(random, random.pick(random.chance(0.45) ? everywhere : style.walls), 0.14);
  const glass = random.between(...style.glass);
  const floor = random.between(2.8, 3.8);
  const shop = random.chance(style.shops) && height > 6 ? random.between(3.2, 4.4) : 0;
  const sheds = style.glass[1] < 0.46;
  const facade: Facade = {
    wall,
    window: vary(random, random.pick(style.windows), 0.15),
    trim: random.chance(0.5) ? darken(wall, random.between(0.6, 0.85)) : vary(random, [206, 202, 194], 0.08),
    height,
    bay: glass > 0.7 ? random.between(1.4, 3.2) : random.between(2.2, sheds ? 6 : 3.8),
    floor: sheds ? random.between(3, 4.5) : floor,
    windowWidth: glass,
    windowHeight: glass > 0.7 ? random.between(0.6, 0.85) : random.between(0.42, 0.6),
    shop,
    shopColor: vary(random, random.pick<Color>([...style.cars, ...style.walls, [170, 44, 40], [40, 70, 140]]), 0.15),
    relief: random.chance(0.5) ? random.between(0.25, 0.6) : 0,
    grain: random.between(0.06, 0.11),
    seed: Math.floor(random.between(0, 1e9)),
  };
  const look: Look = { paint: { material: 'facade', facade }, label: labels.building };
  const roofColor = vary(
    random,
    random.pick<Color>([
      [124, 74, 58],
      [92, 88, 88],
      [110, 96, 84],
      [78, 82, 90],
    ]),
    0.12,
  );
  const roof: Look = {
    paint: { material: 'plain', color: roofColor, grain: 0.1, feature: 0.2 },
    label: labels.building,
  };
  addBox(draft, place, { right, forward, height: [0, height] }, look, look, roof);
  if (!random.chance(style.gabled)) return;

  const rise = random.between(2, 4);
  const eaves = 0.4;
  if (random.chance(0.5)) {
    // Ridge across the street: gables face left and right.
    const middle = (forward[0] + forward[1]) / 2;
    const half = (forward[1] - forward[0]) / 2 + eaves;
    const slope = Math.hypot(half, rise);
    for (const side of [-1, 1] as const) {
      const edge = middle + side * half;
      addPolygon(
        draft,
        place,
        {
          corners: [
            [right[0], height, edge],
            [right[1], height, edge],
            [right[1], height + rise, middle],
            [right[0], height + rise, middle],
          ],
          origin: [right[0], height, edge],
          along: [1, 0, 0],
          up: [0, rise / slope, (-side * half) / slope],
          normal: [0, half / slope, (side * rise) / slope],
          twoSided: true,
        },
        roof,
      );
    }
    for (const x of right) {
      addPolygon(
        draft,
        place,
        {
          corners: [
            [x, height, forward[0]],
            [x, height, forward[1]],
            [x, height + rise, middle],
          ],
          origin: [x, 0, forward[0]],
          along: [0, 0, 1],
          up: [0, 1, 0],
          normal: [x === right[0] ? -1 : 1, 0, 0],
        },
        look,
      );
    }
  } else {
    const middle = (right[0] + right[1]) / 2;
    const half = (right[1] - right[0]) / 2 + eaves;
    const slope = Math.hypot(half, rise);
    for (const side of [-1, 1] as const) {
      const edge = middle + side * half;
      addPolygon(
        draft,
        place,
        {
          corners: [
            [edge, height, forward[0]],
            [edge, height, forward[1]],
            [middle, height + rise, forward[1]],
            [middle, height + rise, forward[0]],
          ],
          origin: [edge, height, forward[0]],
          along: [0, 0, 1],
          up: [(-side * half) / slope, rise / slope, 0],
          normal: [(side * rise) / slope, half / slope, 0],
          twoSided: true,
        },
        roof,
      );
    }
    addPolygon(
      draft,
      place,
      {
        corners: [
          [right[0], height, forward[0]],
          [right[1], height, forward[0]],
          [middle, height + rise, forward[0]],
        ],
        origin: [right[0], 0, forward[0]],
        along: [1, 0, 0],
        up: [0, 1, 0],
        normal: [0, 0, -1],
      },
      look,
    );
  }
}
