import {
  add,
  mul,
  reshape,
  sub,
  sum,
  tidy,
  transpose,
  type Tensor,
  type Tensor3D,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import { absolute } from './absolute.ts';
import { SSIM_SHARE, type PhotometricErrorOptions } from './photometric-error.ts';
import { ssimLossPlanes, ssimTarget, type SsimTarget } from './ssim-loss-fused.ts';
import { stopGradient } from './stop-gradient.ts';

/**
 * {@link photometricError} in the form that training uses, with fewer kernels and smaller rounding
 * errors: on planes, one for each image and channel.
 *
 * @param image `[batch, height, width, channels]` in 0..1
 * @param target same shape; a constant, no gradient flows to it
 * @returns `[batch, height, width]`
 */
export function photometricErrorFused(
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

/** A target image prepared for any number of comparisons. */
export interface PhotometricTarget {
  batch: number;
  channels: number;
  /** `[1, batch * channels, 1, height * width]` */
  planes: Tensor4D;
  /** null: compare by L1 alone. */
  ssim: SsimTarget | null;
}

/**
 * Prepares a target for {@link photometricPlanes}.
 *
 * @param target planes, a constant: `[batch, channels, height, width]`
 */
export function photometricTarget(target: Tensor4D, { ssim }: { ssim: boolean }): PhotometricTarget {
  const [batch, channels, height, width] = target.shape;
  const constant = stopGradient(target);
  return {
    batch,
    channels,
    planes: reshape(constant, [1, batch * channels, 1, height * width]),
    ssim: ssim ? ssimTarget(reshape(constant, [batch * channels, height, width]) as Tensor3D) : null,
  };
}

/**
 * {@link photometricErrorFused} of several images with one target.
 *
 * @param planes `[groups, batch * channels, variants, pixels]`
 * @returns `[groups, batch, variants, pixels]`
 */
export function photometricPlanes(planes: Tensor4D, target: PhotometricTarget): Tensor4D {
  const [groups, , variants, pixels] = planes.shape;
  const { batch, channels } = target;
  const channelSum = (x: Tensor): Tensor4D =>
    reshape(sum(reshape(x, [groups * batch, channels, variants * pixels]), 1), [groups, batch, variants, pixels]);

  const l1 = channelSum(absolute(sub(planes, target.planes)));
  if (target.ssim === null) return mul(l1, 1 / channels);
  const dissimilarity = channelSum(ssimLossPlanes(planes, target.ssim));
  return add(mul(dissimilarity, SSIM_SHARE / channels), mul(l1, (1 - SSIM_SHARE) / channels));
}
