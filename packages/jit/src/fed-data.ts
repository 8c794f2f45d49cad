import type { DataType, Tensor, TypedArray } from '@tensorflow/tfjs-core';
import { arrayOfType } from './array-of-type.ts';
import { bytesOf } from './byte-tensor.ts';

/** What a runtime is fed for an input of a compiled function. */
export function fedData(input: Tensor): { data: TypedArray; type: DataType | 'uint8' } {
  const bytes = bytesOf(input);
  if (bytes) return { data: bytes, type: 'uint8' };
  return { data: arrayOfType(input.dataSync() as TypedArray, input.dtype), type: input.dtype };
}
