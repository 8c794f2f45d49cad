import type { TypedArray } from '@tensorflow/tfjs-core';

/** Copies a dense rank-4 array so that axis i of the result is axis `permutation[i]` of `data`. */
export function transposeArray<T extends TypedArray>(
  data: T,
  shape: readonly number[],
  permutation: readonly number[],
): T {
  const result = data.slice() as T;
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  const [d0, d1, d2, d3] = permutation.map((axis) => shape[axis]);
  const [s0, s1, s2, s3] = permutation.map((axis) => strides[axis]);
  let position = 0;
  for (let i = 0; i < d0; i++) {
    for (let j = 0; j < d1; j++) {
      for (let k = 0; k < d2; k++) {
        let from = i * s0 + j * s1 + k * s2;
        for (let l = 0; l < d3; l++, from += s3) result[position++] = data[from];
      }
    }
  }
  return result;
}
