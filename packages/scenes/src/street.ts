import type { CityStyle } from './city-styles.ts';
import type { Random } from './random.ts';
import type { CameraPath } from './scene.ts';

/** Where the street, its crossings and its end lie; metres. */
export interface Street {
  /** Half of the road's width. */
  half: number;
  pavement: readonly [left: number, right: number];
  crossings: readonly (readonly [from: number, to: number])[];
  /** Where the street meets another one and ends; Infinity when it goes on. */
  end: number;
}

/**
 * How far the street is built, metres from where the camera starts: ahead, behind and to either
 * side.
 */
export const horizon = 170;
export const behind = -14;
export const sideways = 90;

/** Widths, crossings and end of a street. */
export function drawStreet(random: Random, style: CityStyle): Street {
  const half = random.between(...style.roadWidth) / 2;
  const pavement = [random.between(...style.pavement), random.between(...style.pavement)] as const;
  const end = random.chance(style.ends) ? random.between(16, 48) : Infinity;
  const crossings: [number, number][] = [];
  let z = random.between(4, 45);
  while (z < Math.min(110, end - 14)) {
    if (random.chance(0.65)) crossings.push([z, z + random.between(6, 11)]);
    z += random.between(32, 60);
  }
  if (end < Infinity) crossings.push([end, end + random.between(6, 11)]);
  return { half, pavement: [pavement[0] < 0.5 ? 0 : pavement[0], pavement[1] < 0.5 ? 0 : pavement[1]], crossings, end };
}

/**
 * Whether z lies in a crossing, widened by `margin` at both ends, or beyond the end of the street.
 */
export const inCrossing = ({ crossings, end }: Street, z: number, margin: number) =>
  z > end - margin || crossings.some(([from, to]) => z > from - margin && z < to + margin);

/** Stretches of street side between the crossings. */
export function blocksOf({ crossings, end }: Street): (readonly [number, number])[] {
  const blocks: (readonly [number, number])[] = [];
  let from = behind;
  for (const [start, stop] of crossings) {
    blocks.push([from, start]);
    from = stop;
  }
  if (end === Infinity) blocks.push([from, horizon]);
  return blocks;
}

/** Whether (x, z) is further than `distance` from where the camera passes. */
export const isClear = (path: CameraPath, x: number, z: number, distance: number) =>
  Math.hypot(Math.max(0, Math.abs(x - path.x) - 0.5), z < 0 ? z + 3 : Math.max(0, z - 3)) > distance || z < -6;
