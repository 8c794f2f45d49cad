import { reshape, tidy, transpose, type Tensor4D } from '@tensorflow/tfjs-core';
import { detached } from './detached.ts';
import { ssimLossPlanes, ssimTarget } from './ssim-planes.ts';

/**
 * Structural dissimilarity per pixel and channel, `clamp((1 - SSIM) / 2, 0, 1)`, over 3x3 means with mirrored borders and
 * `C1 = 0.01²`, `C2 = 0.03²` (Wang et al. 2004, in the form of Godard et al. 2017, eq. 2).
 *
 * @param image `[batch, height, width, channels]` in 0..1, at least 2x2
 * @param target same shape; a constant, no gradient flows to it
 * @returns `[batch, height, width, channels]` in 0..1
 */
export function ssimLoss(image: Tensor4D, target: Tensor4D): Tensor4D {
  return tidy(() => {
    const [batch, height, width, channels] = image.shape;
    const planes = (x: Tensor4D) => transpose(x, [0, 3, 1, 2]);
    const loss = ssimLossPlanes(
      reshape(planes(image), [1, batch * channels, 1, height * width]),
      ssimTarget(reshape(planes(detached(target)), [batch * channels, height, width])),
    );
    return transpose(reshape(loss, [batch, channels, height, width]), [0, 2, 3, 1]);
  });
}
