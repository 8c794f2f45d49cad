import { add, mean, mul, sub, tidy, type Tensor3D, type Tensor4D } from '@tensorflow/tfjs-core';
import { absolute } from './absolute.ts';
import { ssimLoss } from './ssim-loss.ts';
import { stopGradient } from './stop-gradient.ts';

/** α, the share of SSIM in the photometric error. */
export const SSIM_SHARE = 0.85;

export interface PhotometricErrorOptions {
  /** `false` leaves the L1 part alone. Default `true`. */
  ssim?: boolean;
}

/**
 * How much two images differ, pixel by pixel, the mean over the channels:
 *
 *   pe(a, b) = α · (1 − SSIM(a, b)) / 2 + (1 − α) · |a − b|,   α = 0.85   Godard et al. 2019, eq. 2
 *
 * {@link photometricErrorFused} computes the same with fewer kernels and smaller rounding errors.
 *
 * @param image `[batch, height, width, channels]` in 0..1
 * @param target same shape; a constant, no gradient flows to it
 * @returns `[batch, height, width]`
 */
export function photometricError(
  image: Tensor4D,
  target: Tensor4D,
  { ssim = true }: PhotometricErrorOptions = {},
): Tensor3D {
  return tidy(() => {
    const l1 = mean<Tensor3D>(absolute(sub<Tensor4D>(image, stopGradient(target))), -1);
    if (!ssim) return l1;
    return add<Tensor3D>(mul(mean(ssimLoss(image, target), -1), SSIM_SHARE), mul(l1, 1 - SSIM_SHARE));
  });
}
