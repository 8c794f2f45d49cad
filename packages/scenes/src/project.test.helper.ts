import type { Frame } from './index.ts';

/**
 * Where a pixel of `from` lies in `to`, by true depth and poses: pixel coordinates and depth there.
 */
export function project(from: Frame, to: Frame, pixel: number): { u: number; v: number; depth: number } {
  const { width } = from.image;
  const { fx, fy, u0, v0 } = from.intrinsics;
  const depth = from.depth[pixel];
  const ray = [(((pixel % width) - u0) / fx) * depth, ((Math.floor(pixel / width) - v0) / fy) * depth, depth];
  const [x, y, z] = [0, 4, 8].map(
    (row) =>
      from.pose[row] * ray[0] +
      from.pose[row + 1] * ray[1] +
      from.pose[row + 2] * ray[2] +
      from.pose[row + 3] -
      to.pose[row + 3],
  );
  const [right, down, forward] = [0, 1, 2].map(
    (axis) => to.pose[axis] * x + to.pose[4 + axis] * y + to.pose[8 + axis] * z,
  );
  return {
    u: (right / forward) * to.intrinsics.fx + to.intrinsics.u0,
    v: (down / forward) * to.intrinsics.fy + to.intrinsics.v0,
    depth: forward,
  };
}

/** Value below which the given share of the values lies. */
export function quantile(values: readonly number[], share: number): number {
  return Float64Array.from(values).sort()[Math.floor(share * (values.length - 1))];
}
