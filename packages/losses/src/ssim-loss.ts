import { clipByValue, mul, sub, tidy, type Tensor4D } from '@tensorflow/tfjs-core';
import { ssim } from './ssim.ts';
import { stopGradient } from './stop-gradient.ts';

/**
 * Structural dissimilarity per pixel and channel:
 *
 *   clamp((1 − SSIM(image, target)) / 2, 0, 1)          Godard et al. 2017, eq. 2
 *
 * {@link ssimLossFused} computes the same with fewer kernels and smaller rounding errors.
 *
 * @param image `[batch, height, width, channels]` in 0..1, at least 2x2
 * @param target same shape; a constant, no gradient flows to it
 * @returns `[batch, height, width, channels]` in 0..1
 */
export function ssimLoss(image: Tensor4D, target: Tensor4D): Tensor4D {
  return tidy(() => clipByValue(mul<Tensor4D>(sub(1, ssim(image, stopGradient(target))), 0.5), 0, 1));
}
