import { matMul, mul, reshape, type Tensor3D } from '@tensorflow/tfjs-core';
import { pixelGrid } from './pixel-grid.ts';

/**
 * The points that pixels show: `depth · K⁻¹ · (column, row, 1)`.
 *
 * @param depth `[batch, height, width]`
 * @param inverseIntrinsics `[batch, 3, 3]`
 * @returns `[batch, 3, height·width]`, in the camera's coordinates
 */
export function backproject(depth: Tensor3D, inverseIntrinsics: Tensor3D): Tensor3D {
  const [n, h, w] = depth.shape;
  const grid = reshape(pixelGrid(h, w), [1, 3, h * w]);
  return mul(matMul(inverseIntrinsics, grid), reshape(depth, [n, 1, h * w]));
}
