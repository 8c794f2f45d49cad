import { reshape, slice, tidy, type Tensor2D, type Tensor4D } from '@tensorflow/tfjs-core';
import { conv2d, reflectPad } from '@segsde/ops';
import { BLUR_TAPS } from './gaussian-kernels.ts';

const REACH = (BLUR_TAPS - 1) / 2;

/**
 * Separable blur with mirrored borders.
 *
 * @param image `[batch, height, width, channels]`, at least 5x5
 * @param kernels `[2, 9]`, weights along y and x (see {@link gaussianKernels})
 * @returns same shape
 */
export function gaussianBlur(image: Tensor4D, kernels: Tensor2D): Tensor4D {
  const [batch, height, width, channels] = image.shape;
  return tidy(() => {
    const weights = (axis: 0 | 1) => slice(kernels, [axis, 0], [1, BLUR_TAPS]);
    const padded = reflectPad(image, REACH);
    // Channels lie beside one another along the rows: one plane per image, whose taps along x are
    // `channels` apart.
    const planes = reshape(padded, [batch, height + 2 * REACH, (width + 2 * REACH) * channels, 1]) as Tensor4D;
    const alongY = conv2d(planes, reshape(weights(0), [BLUR_TAPS, 1, 1, 1]));
    const alongX = conv2d(alongY, reshape(weights(1), [1, BLUR_TAPS, 1, 1]), { dilation: channels });
    return reshape(alongX, image.shape);
  });
}
