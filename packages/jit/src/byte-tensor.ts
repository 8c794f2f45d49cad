import type { DataId, Tensor } from '@tensorflow/tfjs-core';
import { recorder } from './recorder.ts';

const given = new WeakMap<DataId, Uint8Array>();

/**
 * A tensor of numbers from 0 to 255, such as the pixels of images or trainIds: to every function an
 * ordinary int32 tensor, but a compiled one is fed the bytes as they are, a quarter of what int32
 * and float32 take.
 *
 * @param values in the order of a tensor of this shape; not copied, so leave them as they are
 * @throws if there are not as many values as the shape has
 */
export function byteTensor(values: Uint8Array, shape: readonly number[]): Tensor {
  const size = shape.reduce((a, b) => a * b, 1);
  if (values.length !== size)
    throw new Error(`byteTensor: ${values.length} values do not fill the shape [${shape}], which has ${size}.`);
  const tensor = recorder().device(
    shape,
    'int32',
    () => Int32Array.from(values),
    () => undefined,
  );
  given.set(tensor.dataId, values);
  return tensor;
}

/** The bytes that a tensor was made of, if {@link byteTensor} made it. */
export const bytesOf = ({ dataId }: Pick<Tensor, 'dataId'>): Uint8Array | undefined => given.get(dataId);
