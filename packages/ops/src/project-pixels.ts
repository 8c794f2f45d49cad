import {
  add,
  div,
  matMul,
  mul,
  reshape,
  slice,
  split,
  transpose,
  type Tensor,
  type Tensor3D,
} from '@tensorflow/tfjs-core';
import { pixelGrid } from './pixel-grid.ts';

/**
 * Where each pixel of the target image is in the source image:
 *
 *   c = K · pose · (depth · K⁻¹ · (column, row, 1), 1),   (x, y) = (c₀, c₁) / (c₂ + 1e-7)
 *
 * @param depth `[batch, height, width]`, of the target's pixels
 * @param camera `intrinsics` and `inverseIntrinsics` `[batch, 3, 3]`, in pixels of this size;
 *   `pose` `[batch, 4, 4]`, target camera to source camera
 * @returns the columns and rows, each `[batch, height, width]`, as {@link gridSample} takes them;
 *   points behind the camera are not told apart
 */
export function projectPixels(
  depth: Tensor3D,
  { intrinsics, inverseIntrinsics, pose }: { intrinsics: Tensor3D; inverseIntrinsics: Tensor3D; pose: Tensor3D },
): { x: Tensor3D; y: Tensor3D } {
  const [n, h, w] = depth.shape;
  const turn = matMul(matMul(intrinsics, slice(pose, [0, 0, 0], [n, 3, 3])), inverseIntrinsics);
  const shift = matMul(intrinsics, slice(pose, [0, 0, 3], [n, 3, 1]));
  // Coordinates come first, the batch second: three planes that the elementwise operations below
  // run through in one go.
  const planes = (x: Tensor, size: number) => reshape(transpose(x, [1, 0, 2]), [3, n, size]);
  const rays = reshape(matMul(reshape(transpose(turn, [1, 0, 2]), [3 * n, 3]), pixelGrid(h, w)), [3, n, h * w]);
  const [across, down, away] = split(add(mul(rays, reshape(depth, [1, n, h * w])), planes(shift, 1)), 3);
  const distance = add(away, 1e-7);
  const position = (coordinate: Tensor) => reshape(div(coordinate, distance), [n, h, w]) as Tensor3D;
  return { x: position(across), y: position(down) };
}
