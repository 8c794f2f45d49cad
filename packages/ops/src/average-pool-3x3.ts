import { avgPool, type Tensor4D } from '@tensorflow/tfjs-core';

/**
 * The mean over every 3x3 pixels that lie inside the image.
 *
 * @param x `[batch, height, width, channels]`
 * @returns `[batch, height − 2, width − 2, channels]`
 */
export const averagePool3x3 = (x: Tensor4D): Tensor4D => avgPool(x, 3, 1, 'valid');
