import {
  add,
  cos,
  div,
  matMul,
  mul,
  reshape,
  sin,
  sub,
  tensor2d,
  type Tensor2D,
  type Tensor3D,
} from '@tensorflow/tfjs-core';
import { lengthOfRows } from './length-of-rows.ts';

/** Row i: the matrix of the cross product with the i-th unit vector, row by row. */
const CROSS = [
  [0, 0, 0, 0, 0, -1, 0, 1, 0],
  [0, 0, 1, 0, 0, 0, -1, 0, 0],
  [0, -1, 0, 1, 0, 0, 0, 0, 0],
];
const IDENTITY = [[1, 0, 0, 0, 1, 0, 0, 0, 1]];

/**
 * Rotation matrices from axis times angle (Rodrigues):
 *
 *   cos θ · I + sin θ · [a]× + (1 − cos θ) · a aᵀ,   θ = ‖v‖,   a = v / (θ + 1e-7)
 *
 * At zero rotation the gradient is 0, as in PyTorch.
 *
 * @param axisAngle `[batch, 3]`, in radians
 * @returns `[batch, 3, 3]`
 */
export function rotationFromAxisAngle(axisAngle: Tensor2D): Tensor3D {
  const [n] = axisAngle.shape;
  const angle = lengthOfRows(axisAngle);
  const axis = div<Tensor2D>(axisAngle, add(angle, 1e-7));
  const cosine = cos(angle);
  const outer = reshape(mul(reshape(axis, [n, 3, 1]), reshape(axis, [n, 1, 3])), [n, 9]);
  const turned = add(mul(sin(angle), matMul(axis, tensor2d(CROSS))), mul(sub(1, cosine), outer));
  return reshape(add(mul(cosine, tensor2d(IDENTITY)), turned), [n, 3, 3]);
}
