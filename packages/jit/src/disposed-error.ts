import { Variable } from '@tensorflow/tfjs-core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { userLine } from './user-line.ts';

/** A tensor is used that is no more. */
export function disposedError(tensor: TensorInfo): Error {
  const what =
    tensor instanceof Variable ? `the variable ${tensor.name}` : `a tensor [${tensor.shape}] ${tensor.dtype}`;
  return new Error(
    `jit: the function uses ${what}${userLine()}, which has been disposed. Dispose it later, or use another.`,
  );
}
