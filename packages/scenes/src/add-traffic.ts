import { addCar } from './add-car.ts';
import { standing, vary, type Draft } from './draft.ts';
import type { CameraPath, Color } from './scene.ts';
import { isClear, inCrossing, type Street } from './street.ts';

/** A typical step of the camera between two frames; the true one follows from the optical flow. */
const typicalStep = 0.5;

/** Adds parked, waiting, driving and crossing cars. */
export function addTraffic(draft: Draft, street: Street, path: CameraPath): void {
  const { random, style } = draft;
  const { half, crossings, end } = street;
  const color = () =>
    vary(random, random.pick<Color>([...style.cars, ...style.cars, ...style.walls, [150, 150, 152]]), 0.12);
  const parking = half > 3.2;
  for (const side of [-1, 1] as const) {
    if (!parking) break;
    const x = side * (half - 1.05);
    for (let z = random.between(-2, 14); z < 75; z += random.between(5.6, 7.5)) {
      if (
        inCrossing(street, z, 6) ||
        !random.chance(style.parked) ||
        (side === 1 && Math.abs(x - path.x) < 2.1) ||
        !isClear(path, x, z, 3.6)
      )
        continue;
      addCar(draft, standing(x, z, (side === 1 ? 0 : Math.PI) + random.normal() * 0.02), color());
    }
  }
  const limit = Math.min(80, end - 3);
  const lane = Math.max(1.2, Math.min(path.x, half - 1.2));
  const ahead = random.between(7, 38);
  if (random.chance(0.55) && ahead < limit) {
    const speed = random.chance(0.35) ? 0 : typicalStep * random.between(0.7, 1.15);
    addCar(draft, standing(lane + random.normal() * 0.15, ahead, 0, speed === 0 ? null : { x: 0, z: speed }), color());
    if (random.chance(0.5) && ahead + 9 < limit) {
      addCar(draft, standing(lane, ahead + random.between(7, 16), 0, speed === 0 ? null : { x: 0, z: speed }), color());
    }
  }
  for (let z = random.between(8, 40); z < limit; z += random.between(14, 45)) {
    if (!random.chance(0.55)) continue;
    const x = -Math.max(1.3, half * 0.4);
    if (half < 2.6) break;
    addCar(draft, standing(x, z, Math.PI, { x: 0, z: -typicalStep * random.between(0.4, 0.9) }), color());
  }
  for (const [from, to] of crossings) {
    if (from < 6 || from > 55) continue;
    for (const direction of [-1, 1] as const) {
      if (!random.chance(0.45)) continue;
      const z = direction === 1 ? from + 1.8 : to - 1.8;
      const x = random.between(-14, 14);
      const inside = Math.abs(x) < half + 2;
      const speed = inside || random.chance(0.5) ? direction * typicalStep * random.between(0.3, 0.8) : 0;
      addCar(draft, standing(x, z, (direction * Math.PI) / 2, speed === 0 ? null : { x: speed, z: 0 }), color());
    }
  }
}
