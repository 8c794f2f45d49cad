import { maxPool, type Tensor4D } from '@tensorflow/tfjs-core';

/**
 * The maximum over 3x3 pixels around every second one; outside the image there is nothing (−∞), as
 * in PyTorch's `max_pool2d(x, 3, 2, 1)`. The gradient goes to the first of several equal maxima.
 *
 * @param x `[batch, height, width, channels]`
 * @returns `[batch, ⌈height / 2⌉, ⌈width / 2⌉, channels]`
 */
export const maxPool3x3Stride2 = (x: Tensor4D): Tensor4D => maxPool(x, 3, 2, 1);
