/** A plain array with its shape, row-major. */
export interface Values {
  data: ArrayLike<number>;
  shape: readonly number[];
}

/** Reorders a row-major array as `transpose(x, permutation)` does. */
function permuted<A extends Float32Array | Int32Array>(
  source: ArrayLike<number>,
  shape: readonly number[],
  permutation: number[],
  target: A,
): A {
  const outShape = permutation.map((axis) => shape[axis]);
  const strides = permutation.map((axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));
  let at = 0;
  for (let a = 0; a < outShape[0]; a++) {
    for (let b = 0; b < outShape[1]; b++) {
      for (let c = 0; c < outShape[2]; c++) {
        let from = a * strides[0] + b * strides[1] + c * strides[2];
        for (let d = 0; d < outShape[3]; d++, from += strides[3]) target[at++] = source[from];
      }
    }
  }
  return target;
}

function reorder({ data, shape }: Values, permutation: number[]): Values {
  const target = data instanceof Int32Array ? new Int32Array(data.length) : new Float32Array(data.length);
  return { data: permuted(data, shape, permutation, target), shape: permutation.map((axis) => shape[axis]) };
}

/** PyTorch's images and features to ours. */
export const nchwToNhwc = (values: Values): Values => reorder(values, [0, 2, 3, 1]);
/** Our images and features to PyTorch's. */
export const nhwcToNchw = (values: Values): Values => reorder(values, [0, 3, 1, 2]);
/** PyTorch's convolution weights to ours. */
export const oihwToHwio = (values: Values): Values => reorder(values, [2, 3, 1, 0]);
/** Our convolution weights to PyTorch's. */
export const hwioToOihw = (values: Values): Values => reorder(values, [3, 2, 0, 1]);
