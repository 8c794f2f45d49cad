import { cast, greaterEqual, reshape, tidy, type Tensor, type Tensor4D } from '@tensorflow/tfjs-core';

/**
 * The near part of each image: `[d ≥ threshold]`.
 *
 * @param disparity `[batch, height, width, 1]`, larger = closer
 * @param threshold one for all or `[batch]`, in units of the disparity (see {@link drawThresholds})
 * @returns `[batch, height, width, 1]` of 0 and 1
 */
export function depthMask(disparity: Tensor4D, threshold: number | Tensor): Tensor4D {
  return tidy(() => {
    const perImage = typeof threshold === 'number' ? threshold : reshape(threshold, [-1, 1]);
    const near = greaterEqual(reshape(disparity, [disparity.shape[0], -1]), perImage);
    return reshape(cast(near, 'float32'), disparity.shape);
  });
}
