import { engine, mirrorPad, tensor2d, type Tensor4D } from '@tensorflow/tfjs-core';
import { applySeparably } from './apply-separably.ts';
import { hasRightGradients } from './has-right-gradients.ts';
import { withGradient } from './with-gradient.ts';

/** `[size + 2·amount, size]`: which pixel each padded one is a copy of. */
function copies(size: number, amount: number) {
  const matrix = new Float32Array((size + 2 * amount) * size);
  for (let row = 0; row < size + 2 * amount; row++) {
    const position = Math.abs(row - amount);
    matrix[row * size + (position < size ? position : 2 * (size - 1) - position)] = 1;
  }
  return tensor2d(matrix, [size + 2 * amount, size]);
}

/**
 * Pads height and width with their mirror image, without repeating the edge: `c b | a b c d | c b`.
 *
 * @param x `[batch, height, width, channels]`
 * @param amount pixels on each side, fewer than height and width
 * @returns `[batch, height + 2 · amount, width + 2 · amount, channels]`
 * @throws if there are not enough pixels to mirror
 */
export function reflectPad(x: Tensor4D, amount = 1): Tensor4D {
  const [, h, w] = x.shape;
  if (amount >= h || amount >= w) {
    throw new Error(
      `reflectPad: ${h}x${w} pixels cannot be mirrored by ${amount}; the amount must be smaller than both`,
    );
  }
  const paddings: [number, number][] = [
    [0, 0],
    [amount, amount],
    [amount, amount],
    [0, 0],
  ];
  return withGradient(
    [x],
    [],
    () => mirrorPad(x, paddings, 'reflect'),
    (dy) =>
      hasRightGradients()
        ? engine().runKernel('MirrorPadGrad', { dy }, { paddings, mode: 'reflect' })
        : applySeparably(dy, copies(h, amount), copies(w, amount)),
  );
}
