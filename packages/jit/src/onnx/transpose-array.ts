import type { TypedArray } from '@tensorflow/tfjs-core';

/** Neighbours taken together from the source: a cache line of floats. */
const RUN = 16;

/** Copies a dense rank-4 array so that axis i of the result is axis `permutation[i]` of `data`. */
export function transposeArray<T extends TypedArray>(
  data: T,
  shape: readonly number[],
  permutation: readonly number[],
): T {
  const result = new (data.constructor as new (length: number) => T)(data.length);
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  const target = permutation.map((axis, i) => ({
    size: shape[axis],
    from: strides[axis],
    to: permutation.slice(i + 1).reduce((product, other) => product * shape[other], 1),
  }));
  // Reads run along the source's last axis, a few at a time, so that each line of memory, read or
  // written, is finished while it is near.
  const along = target.splice(permutation.indexOf(shape.length - 1), 1)[0];
  const [a, b, c] = target;
  for (let start = 0; start < along.size; start += RUN) {
    const length = Math.min(RUN, along.size - start);
    for (let i = 0; i < a.size; i++) {
      for (let j = 0; j < b.size; j++) {
        for (let k = 0; k < c.size; k++) {
          const from = i * a.from + j * b.from + k * c.from + start;
          let to = i * a.to + j * b.to + k * c.to + start * along.to;
          for (let l = 0; l < length; l++, to += along.to) result[to] = data[from + l];
        }
      }
    }
  }
  return result;
}
