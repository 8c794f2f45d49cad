import type { DataType, TypedArray } from '@tensorflow/tfjs-core';

const ARRAYS = { float32: Float32Array, int32: Int32Array, bool: Uint8Array, uint8: Uint8Array };

/** The class of array that holds values of `dtype`. @throws for strings and complex numbers */
export function arrayClass(
  dtype: DataType | 'uint8',
): Float32ArrayConstructor | Int32ArrayConstructor | Uint8ArrayConstructor {
  if (!Object.hasOwn(ARRAYS, dtype)) throw new Error(`jit: tensors of type ${dtype} cannot be compiled`);
  return ARRAYS[dtype as keyof typeof ARRAYS];
}

/**
 * `data` in the array that its type asks for: TensorFlow.js's own backend keeps the bytes of a bool
 * tensor when it casts it to float32.
 */
export function arrayOfType(data: TypedArray, dtype: DataType | 'uint8'): TypedArray {
  const wanted = arrayClass(dtype);
  return data instanceof wanted ? data : wanted.from(data);
}
