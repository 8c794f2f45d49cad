import { matMul, reshape, type Tensor2D, type Tensor4D } from '@tensorflow/tfjs-core';

/**
 * Applies one matrix along the height and one along the width, both transposed: the gradient of
 * resizing and padding.
 *
 * @param dy `[batch, height, width, channels]`
 * @param rows `[height, new height]`
 * @param columns `[width, new width]`
 * @returns `[batch, new height, new width, channels]`
 */
export function applySeparably(dy: Tensor4D, rows: Tensor2D, columns: Tensor2D): Tensor4D {
  const [n, h, w, c] = dy.shape;
  const [newH, newW] = [rows.shape[1], columns.shape[1]];
  const overRows = matMul(reshape(rows, [1, h, newH]), reshape(dy, [n, h, w * c]), true, false);
  const overColumns = matMul(reshape(columns, [1, w, newW]), reshape(overRows, [n * newH, w, c]), true, false);
  return reshape(overColumns, [n, newH, newW, c]);
}
