import { addBox, darken, vary, type Draft, type Place } from './draft.ts';
import { labels } from './labels.ts';
import type { Color, Paint, SolidPaint } from './scene.ts';

/** Leaves that grow in every city, so that their colour says little about where one is. */
const strangers: readonly (readonly [Color, Color])[] = [
  [
    [96, 60, 52],
    [134, 88, 70],
  ],
  [
    [112, 116, 104],
    [146, 150, 134],
  ],
  [
    [150, 128, 60],
    [180, 162, 96],
  ],
  [
    [122, 108, 100],
    [156, 140, 128],
  ],
  [
    [52, 72, 58],
    [86, 104, 84],
  ],
];

function foliage(draft: Draft): Extract<Paint, { material: 'leaves' }> {
  const { random, style } = draft;
  const [dark, bright] = random.pick(random.chance(0.5) ? strangers : style.leaves);
  return {
    material: 'leaves',
    color: vary(random, dark, 0.12),
    second: vary(random, bright, 0.12),
    grain: 0.16,
    feature: 0.12,
  };
}

/** Adds a tree with a trunk and a crown of several frayed balls. */
export function addTree(draft: Draft, place: Place, height: number): void {
  const { random } = draft;
  const paint = foliage(draft);
  const trunk = height * random.between(0.28, 0.4);
  const radius = height * random.between(0.2, 0.3);
  const thick = 0.1 + height * 0.014;
  addBox(
    draft,
    place,
    { right: [-thick, thick], height: [0, trunk + radius * 0.6], forward: [-thick, thick] },
    {
      paint: { material: 'plain', color: vary(random, [84, 70, 56], 0.15), grain: 0.2, feature: 0.1 },
      label: labels.vegetation,
    },
  );
  const slim = random.chance(0.2);
  const balls = 7;
  for (let ball = 0; ball < balls; ball++) {
    const part = ball / (balls - 1);
    const angle = ball * 2.4 + random.between(0, 0.8);
    const spread = radius * (slim ? 0.15 : 0.55) * Math.sin(Math.PI * (0.15 + 0.7 * part));
    const own = radius * random.between(0.5, 0.75) * (slim ? 0.7 : 1);
    draft.ellipsoids.push({
      center: [
        place.x + spread * Math.cos(angle),
        -(trunk + own * 0.5 + part * (height - trunk - own * 1.2)),
        place.z + spread * Math.sin(angle),
      ],
      radii: [own, own * random.between(0.75, 1.1), own],
      paint,
      label: labels.vegetation,
      fray: 0.22,
      motion: null,
    });
  }
  const lean = draft.light.strength * Math.min(2, Math.abs(draft.light.sun[0] / draft.light.sun[1]));
  draft.shadows.push({
    x: place.x - Math.sign(draft.light.sun[0]) * lean * height * 0.55,
    z: place.z,
    radiusX: radius * 1.25,
    radiusZ: radius * 1.1,
    strength: 0.15 + 0.4 * draft.light.strength,
    motion: null,
  });
}

/** Adds a round bush. */
export function addBush(draft: Draft, place: Place, size: number): void {
  const { random } = draft;
  const paint = foliage(draft);
  for (let ball = 0; ball < 3; ball++) {
    const own = size * random.between(0.55, 0.8);
    draft.ellipsoids.push({
      center: [place.x + random.between(-0.5, 0.5) * size, -own * 0.7, place.z + random.between(-0.5, 0.5) * size],
      radii: [own, own * random.between(0.8, 1.1), own],
      paint,
      label: labels.vegetation,
      fray: 0.2,
      motion: null,
    });
  }
}

/** Adds a hedge, cut to a box. */
export function addHedge(
  draft: Draft,
  place: Place,
  { right, forward, height }: { right: readonly [number, number]; forward: readonly [number, number]; height: number },
): void {
  const paint = foliage(draft);
  const cut: SolidPaint = { ...paint, color: darken(paint.color, 1.1), grain: 0.22 };
  addBox(draft, place, { right, forward, height: [0, height] }, { paint: cut, label: labels.vegetation });
}
