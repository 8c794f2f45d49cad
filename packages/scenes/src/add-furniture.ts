import { addDirectionBoard, addLamp, addMast, addSign, addTrafficLight } from './add-street-furniture.ts';
import { standing, type Draft } from './draft.ts';
import type { CameraPath } from './scene.ts';
import { isClear, inCrossing, type Street } from './street.ts';

/** Adds lamps, masts, signs and, at crossings, traffic lights. */
export function addFurniture(draft: Draft, street: Street, path: CameraPath): void {
  const { random, style } = draft;
  const { half, pavement, crossings, end } = street;
  for (const side of [-1, 1] as const) {
    const width = pavement[side === -1 ? 0 : 1];
    const edge = half + (width > 0 ? 0.4 : 0.9);
    const spacing = 10 / style.lamps;
    for (let z = random.between(4, 4 + spacing * 0.6); z < 85; z += spacing * random.between(0.85, 1.15)) {
      if (inCrossing(street, z, 2) || !isClear(path, side * edge, z, 3)) continue;
      if (random.chance(0.75)) addLamp(draft, standing(side * edge, z), -side * random.between(0.8, 2.4));
      else addMast(draft, standing(side * (edge + 0.3), z));
    }
    const signSpacing = 10 / style.signs;
    for (let z = random.between(5, 5 + signSpacing * 0.6); z < 60; z += signSpacing * random.between(0.5, 1.5)) {
      const x = side * (edge + random.between(0, 0.5));
      if (inCrossing(street, z, 0.5) || !isClear(path, x, z, 4)) continue;
      addSign(draft, standing(x, z), random.between(0.38, 0.62));
    }
  }
  if (random.chance(style.signs * 0.6)) {
    const z = random.between(11, 30);
    if (!inCrossing(street, z, 1)) {
      const middle = half * random.between(0.1, 0.6);
      const size = random.between(1.2, 2);
      addDirectionBoard(draft, standing(0, z), {
        right: [middle - size, middle + size],
        height: random.between(4.4, 5.2),
        post: half + 0.7,
      });
    }
  }
  let lit: 0 | 1 | 2 = random.chance(0.5) ? 0 : 2;
  for (const [from, to] of crossings) {
    if (from > 60 || !random.chance(style.lights * 1.5)) continue;
    const corners: [number, number, number][] = [
      [half + 0.7, from - 1.5, random.chance(0.6) ? -random.between(2, Math.min(5, half + 1)) : 0],
      [-half - 0.7, from - 1.5, 0],
    ];
    if (to < end)
      corners.push(
        [half + 0.7, to + 1.5, random.chance(0.5) ? -random.between(2, Math.min(5, half + 1)) : 0],
        [-half - 0.7, to + 1.5, 0],
      );
    for (const [x, z, arm] of corners) {
      if (isClear(path, x, z, 4)) addTrafficLight(draft, standing(x, z), { arm, lit });
    }
    lit = random.chance(0.3) ? 1 : lit;
  }
}

/** Adds lights for people who cross in the middle of a stretch. */
export function addCrossingLights(draft: Draft, street: Street, path: CameraPath): void {
  const { random, style } = draft;
  const { half } = street;
  const z = random.between(7, 24);
  if (!random.chance(0.15 + 0.4 * style.lights) || inCrossing(street, z, 8)) return;
  const lit = random.pick([0, 1, 2] as const);
  const arm = random.chance(0.4) ? -random.between(2, Math.min(4.5, half + 0.5)) : 0;
  for (const side of [-1, 1] as const) {
    const x = side * (half + 0.6);
    if (isClear(path, x, z, 4)) addTrafficLight(draft, standing(x, z), { arm: side === 1 ? arm : 0, lit });
  }
}
