import type { Tensor } from '@tensorflow/tfjs-core';
import type * as ort from 'onnxruntime-node';
import { arrayClass } from '../array-of-type.ts';
import { fedData } from '../fed-data.ts';
import { ortTensor } from './variable-buffers.ts';

/** Tensors of one shape and type along a new first axis. */
export function stackTensors(tensors: readonly Tensor[]): ort.Tensor {
  const [{ shape, size }] = tensors;
  const fed = tensors.map(fedData);
  const [{ type }] = fed;
  const all = new (arrayClass(type))(tensors.length * size);
  fed.forEach(({ data }, i) => all.set(data, i * size));
  return ortTensor(all, type, [tensors.length, ...shape]);
}
