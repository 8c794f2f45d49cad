import { add, mul, reshape, sub, sum, type Tensor, type Tensor3D, type Tensor4D } from '@tensorflow/tfjs-core';
import { absolute } from './absolute.ts';
import { detached } from './detached.ts';
import { ssimLossPlanes, ssimTarget, type SsimTarget } from './ssim-planes.ts';

const SSIM_SHARE = 0.85;

/** A target image prepared for any number of comparisons. */
export interface PhotometricTarget {
  batch: number;
  channels: number;
  planes: Tensor4D;
  ssim: SsimTarget | null;
}

/** @param target planes, a constant: `[batch, channels, height, width]` */
export function photometricTarget(target: Tensor4D, { ssim }: { ssim: boolean }): PhotometricTarget {
  const [batch, channels, height, width] = target.shape;
  const constant = detached(target);
  return {
    batch,
    channels,
    planes: reshape(constant, [1, batch * channels, 1, height * width]),
    ssim: ssim ? ssimTarget(reshape(constant, [batch * channels, height, width]) as Tensor3D) : null,
  };
}

/**
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
