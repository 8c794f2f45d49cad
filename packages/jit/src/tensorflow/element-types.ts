import type { DataType } from '@tensorflow/tfjs-core';

/**
 * The types of tensors inside a TensorFlow graph: TensorFlow.js's own, and those that only occur
 * between two operations.
 */
export type ElementType = 'float32' | 'float64' | 'int32' | 'uint8' | 'int64' | 'bool' | 'bfloat16' | 'float16';

/** TensorFlow's numbers for them (`DataType` in its types.proto). */
export const TF_TYPE: Readonly<Record<ElementType, number>> = {
  float32: 1,
  float64: 2,
  int32: 3,
  uint8: 4,
  int64: 9,
  bool: 10,
  bfloat16: 14,
  float16: 19,
};

/** @throws for strings and complex numbers */
export function tfType(dtype: DataType | 'uint8'): number {
  if (!Object.hasOwn(TF_TYPE, dtype)) throw new Error(`jit: tensors of type ${dtype} cannot be compiled`);
  return TF_TYPE[dtype as ElementType];
}
