import type { Tensor, TypedArray } from '@tensorflow/tfjs-core';
import type * as ort from 'onnxruntime-node';
import { arrayClass, arrayOfType } from '../array-of-type.ts';
import { ortTensor } from './variable-buffers.ts';

/** Tensors of one shape and type along a new first axis. */
export function stackTensors(tensors: readonly Tensor[]): ort.Tensor {
  const [{ shape, dtype, size }] = tensors;
  const all = new (arrayClass(dtype))(tensors.length * size);
  tensors.forEach((tensor, i) => all.set(arrayOfType(tensor.dataSync() as TypedArray, dtype), i * size));
  return ortTensor(all, dtype, [tensors.length, ...shape]);
}
