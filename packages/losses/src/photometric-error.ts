import { reshape, tidy, transpose, type Tensor3D, type Tensor4D } from '@tensorflow/tfjs-core';
import { photometricPlanes, photometricTarget } from './photometric-planes.ts';

export interface PhotometricErrorOptions {
  /** `false` leaves the L1 part alone. Default `true`. */
  ssim?: boolean;
}

/**
 * How much two images differ, pixel by pixel: `0.85 · mean_c SSIM loss + 0.15 · mean_c |a − b|` (Godard et al. 2019, section 3.1).
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
    const [batch, height, width, channels] = image.shape;
    const planes = reshape(transpose(image, [0, 3, 1, 2]), [1, batch * channels, 1, height * width]) as Tensor4D;
    const prepared = photometricTarget(transpose(target, [0, 3, 1, 2]), { ssim });
    return reshape(photometricPlanes(planes, prepared), [batch, height, width]);
  });
}
