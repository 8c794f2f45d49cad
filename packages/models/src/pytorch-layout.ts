interface Weights {
  shape: number[];
  data: Float32Array;
}

/**
 * Moves the axes of a row-major array of rank 4: axis i of the result is axis `order[i]` of the
 * input.
 */
function transposed({ shape, data }: Weights, order: [number, number, number, number]): Weights {
  const strides = [shape[1] * shape[2] * shape[3], shape[2] * shape[3], shape[3], 1];
  const [a, b, c, d] = order.map((axis) => shape[axis]);
  const [sa, sb, sc, sd] = order.map((axis) => strides[axis]);
  const output = new Float32Array(data.length);
  let at = 0;
  for (let i = 0; i < a; i++)
    for (let j = 0; j < b; j++)
      for (let k = 0; k < c; k++) {
        const from = i * sa + j * sb + k * sc;
        for (let l = 0; l < d; l++) output[at++] = data[from + l * sd];
      }
  return { shape: [a, b, c, d], data: output };
}

/**
 * A filter `[height, width, in, out]` as PyTorch's `[out, in, height, width]`; weights of any other
 * rank stay as they are.
 */
export function filterToPytorch(weights: Weights): Weights {
  return weights.shape.length === 4 ? transposed(weights, [3, 2, 0, 1]) : weights;
}

/**
 * PyTorch's filter `[out, in, height, width]` as `[height, width, in, out]`; weights of any other
 * rank stay as they are.
 */
export function filterFromPytorch(weights: Weights): Weights {
  return weights.shape.length === 4 ? transposed(weights, [2, 3, 1, 0]) : weights;
}
