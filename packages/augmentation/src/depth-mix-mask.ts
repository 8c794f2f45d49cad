import {
  cast,
  greaterEqual,
  mul,
  reshape,
  sub,
  tidy,
  type Tensor,
  type Tensor2D,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import { depthMask } from './depth-mask.ts';
import { nextInBatch } from './next-in-batch.ts';

export interface DepthMixOptions {
  /**
   * How much farther a pixel may be than its partner's and still stay, in units of the disparity;
   * `[batch]` for one per image. Default 0.03.
   */
  margin?: number | Tensor;
  /**
   * Pixels with less disparity than this never stay; `[batch]` for one per image. Default 0, which
   * keeps all.
   */
  foregroundThreshold?: number | Tensor;
}

/**
 * DepthMix: a pixel stays where its own scene is nearer than the partner's, so that what is pasted
 * occludes, and is occluded, as in a real scene.
 *
 *   M_i = [d_i ≥ d_{i+1} − margin] · [d_i ≥ foregroundThreshold]          Hoyer et al. 2021
 *
 * @param disparity `[batch, height, width, 1]` in 0..1 over each whole image, larger = closer
 * @returns `[batch, height, width, 1]`: 1 keeps the own pixel, 0 takes that of the next image in
 *   the batch (see {@link mixPairs})
 */
export function depthMixMask(
  disparity: Tensor4D,
  { margin = 0.03, foregroundThreshold = 0 }: DepthMixOptions = {},
): Tensor4D {
  return tidy(() => {
    const own = reshape(disparity, [disparity.shape[0], -1]) as Tensor2D;
    const perImage = typeof margin === 'number' ? margin : reshape(margin, [-1, 1]);
    const nearer = cast(greaterEqual(own, sub(nextInBatch(own), perImage)), 'float32');
    const mask = reshape(nearer, disparity.shape) as Tensor4D;
    return foregroundThreshold === 0 ? mask : mul<Tensor4D>(mask, depthMask(disparity, foregroundThreshold));
  });
}
