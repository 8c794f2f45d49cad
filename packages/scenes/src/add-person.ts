import { darken, toWorld, vary, type Draft, type Place } from './draft.ts';
import { labels } from './labels.ts';
import type { Color, Motion, SolidPaint } from './scene.ts';

const skins: Color[] = [
  [204, 160, 132],
  [170, 120, 92],
  [112, 78, 58],
  [220, 180, 154],
];
const hairs: Color[] = [
  [40, 32, 28],
  [92, 66, 40],
  [150, 124, 82],
  [110, 108, 106],
];

/** Adds somebody who stands, or walks when the place moves. */
export function addPerson(draft: Draft, place: Place): void {
  const { random, style } = draft;
  const size = random.between(1.56, 1.9) / 1.75;
  const cloth = () =>
    vary(random, random.pick<Color>([...style.cars, ...style.walls, [60, 60, 70], [150, 50, 50], [60, 80, 120]]), 0.15);
  const top = cloth();
  const trousers = random.chance(0.6) ? vary(random, [56, 58, 70], 0.2) : cloth();
  const skin = random.pick(skins);
  const fabric = (color: Color): SolidPaint => ({ material: 'plain', color, grain: 0.14, feature: 0.09 });

  const limb = (
    right: number,
    height: number,
    forward: number,
    radii: readonly [number, number, number],
    paint: SolidPaint,
    swing: number,
  ) => {
    const turned = Math.abs(Math.sin(place.heading)) > 0.7;
    const motion: Motion | null = place.motion && { x: place.motion.x * (1 + swing), z: place.motion.z * (1 + swing) };
    draft.ellipsoids.push({
      center: toWorld(place, right * size, height * size, forward * size),
      radii: [(turned ? radii[2] : radii[0]) * size, radii[1] * size, (turned ? radii[0] : radii[2]) * size],
      paint,
      label: labels.person,
      fray: 0,
      motion,
    });
  };
  const step = place.motion ? random.between(0.1, 0.2) : random.between(0, 0.05);
  const stride = place.motion ? 0.25 : 0;
  const wide = random.between(0.95, 1.2);
  limb(0, 1.14, 0, [0.23 * wide, 0.36, 0.16], fabric(top), 0);
  limb(0, 0.92, 0, [0.2 * wide, 0.2, 0.15], fabric(random.chance(0.3) ? top : trousers), 0);
  for (const side of [-1, 1] as const) {
    limb(side * 0.1, 0.62, (side * step) / 2, [0.1, 0.3, 0.11], fabric(trousers), (side * stride) / 2);
    limb(side * 0.1, 0.27, side * step, [0.075, 0.28, 0.085], fabric(trousers), side * stride);
    limb(side * 0.1, 0.05, side * step + 0.06, [0.06, 0.06, 0.14], fabric([40, 36, 34]), side * stride);
    limb(
      side * 0.27 * wide,
      1.16,
      (-side * step) / 2,
      [0.065, 0.3, 0.075],
      fabric(darken(top, 0.92)),
      (-side * stride) / 2,
    );
  }
  limb(0, 1.5, 0, [0.06, 0.1, 0.06], fabric(skin), 0);
  limb(0, 1.62, 0.01, [0.095, 0.13, 0.11], fabric(skin), 0);
  limb(0, 1.67, -0.03, [0.105, 0.11, 0.115], fabric(random.pick(hairs)), 0);
  draft.shadows.push({ x: place.x, z: place.z, radiusX: 0.45, radiusZ: 0.4, strength: 0.45, motion: place.motion });
}
