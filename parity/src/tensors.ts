import { tensor, type Tensor, type Tensor2D, type Tensor4D } from '@tensorflow/tfjs-core';
import { nchwToNhwc, type Values } from './layout.ts';

/** A tensor of the same axes. */
export function plainTensor<T extends Tensor>({ data, shape }: Values, dtype: 'float32' | 'int32' = 'float32'): T {
  const values = dtype === 'int32' ? Int32Array.from(data) : Float32Array.from(data);
  return tensor(values, [...shape], dtype) as T;
}

/** PyTorch's NCHW images or features as an NHWC tensor. */
export const imageTensor = (values: Values): Tensor4D => plainTensor(nchwToNhwc(values));

/** `[n, 1, 3]` of the golden numbers as `[n, 3]`. */
export const vectorTensor = ({ data, shape }: Values): Tensor2D => plainTensor({ data, shape: [shape[0], shape[2]] });
