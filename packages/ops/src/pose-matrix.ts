import {
  concat,
  matMul,
  neg,
  reshape,
  tensor3d,
  tile,
  transpose,
  type Tensor2D,
  type Tensor3D,
} from '@tensorflow/tfjs-core';
import { rotationFromAxisAngle } from './rotation-from-axis-angle.ts';

/**
 * The matrix of a camera motion that turns, then shifts: `T(t) · R`; inverted, `Rᵀ · T(−t)`.
 *
 * @param axisAngle `[batch, 3]`, in radians
 * @param translation `[batch, 3]`
 * @param opts `invert` for a source frame before the target: pose networks see frames in their
 *   order in time
 * @returns `[batch, 4, 4]`, target camera to source camera
 */
export function poseMatrix(axisAngle: Tensor2D, translation: Tensor2D, { invert }: { invert: boolean }): Tensor3D {
  const [n] = axisAngle.shape;
  const rotation = rotationFromAxisAngle(axisAngle);
  const shift = reshape(translation, [n, 3, 1]);
  const back = transpose(rotation, [0, 2, 1]);
  const top = invert ? concat([back, matMul(back, neg(shift))], 2) : concat([rotation, shift], 2);
  return concat([top, tile(tensor3d([[[0, 0, 0, 1]]]), [n, 1, 1])], 1) as Tensor3D;
}
