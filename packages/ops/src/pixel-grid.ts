import { tensor2d, type Tensor2D } from '@tensorflow/tfjs-core';

/** Every pixel as (column, row, 1), row by row: `[3, height·width]`. */
export function pixelGrid(height: number, width: number): Tensor2D {
  const size = height * width;
  const grid = new Float32Array(3 * size).fill(1, 2 * size);
  for (let pixel = 0; pixel < size; pixel++) {
    grid[pixel] = pixel % width;
    grid[size + pixel] = Math.floor(pixel / width);
  }
  return tensor2d(grid, [3, size]);
}
