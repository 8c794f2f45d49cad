import {
  concat,
  mul,
  ones,
  slice,
  stack,
  sub,
  tensor3d,
  tile,
  zeros,
  type Tensor,
  type Tensor3D,
} from '@tensorflow/tfjs-core';

/** The 3 x 3 part of a batch of 4 x 4 matrices. */
export const rotationBlock = (matrices: Tensor3D): Tensor3D => slice(matrices, 0, [matrices.shape[0], 3, 3]);

/**
 * Pixel coordinates as the golden numbers keep them: x and y interleaved, -1..1 from the first to
 * the last pixel's centre.
 */
export function normalizedGrid(x: Tensor3D, y: Tensor3D): Tensor {
  const [, height, width] = x.shape;
  return stack([sub(mul(x, 2 / (width - 1)), 1), sub(mul(y, 2 / (height - 1)), 1)], -1);
}

/** 3 x 3 rotations as 4 x 4 matrices. */
export function homogeneousMatrix(rotation: Tensor3D): Tensor {
  const [batch] = rotation.shape;
  const top = concat([rotation, zeros([batch, 3, 1])], 2);
  return concat([top, tile(tensor3d([[[0, 0, 0, 1]]]), [batch, 1, 1])], 1);
}

/** `[batch, 3, points]` with a row of ones below. */
export function homogeneousPoints(points: Tensor3D): Tensor {
  const [batch, , count] = points.shape;
  return concat([points, ones([batch, 1, count])], 1);
}
