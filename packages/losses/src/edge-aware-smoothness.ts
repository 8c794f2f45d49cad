import { abs, add, exp, mul, reshape, sum, tidy, transpose, type Scalar, type Tensor4D } from '@tensorflow/tfjs-core';
import { forwardDifference } from '@segsde/ops';
import { absolute } from './absolute.ts';
import { stopGradient } from './stop-gradient.ts';

/**
 * Edge-aware smoothness: neighbouring disparities should agree, except where the image itself
 * changes.
 *
 * mean |∂x d| · exp(−mean_c |∂x I|)  +  mean |∂y d| · exp(−mean_c |∂y I|)   Godard et al. 2019, eq.
 * 3
 *
 * @param disparity `[batch, height, width, 1]`, divided by its own mean (see {@link
 *   meanNormalized})
 * @param image `[batch, height, width, channels]` in 0..1, same size, before colour augmentation;
 *   no gradient flows to it
 */
export function edgeAwareSmoothness(disparity: Tensor4D, image: Tensor4D): Scalar {
  const [batch, height, width, channels] = image.shape;
  return tidy(() => {
    const planes = reshape(transpose(stopGradient(image), [0, 3, 1, 2]), [
      batch * channels,
      height,
      width,
      1,
    ]) as Tensor4D;
    const along = (axis: 1 | 2) => {
      const differences = axis === 1 ? (height - 1) * width : height * (width - 1);
      const edges = sum(reshape(abs(forwardDifference(planes, axis)), [batch, channels, differences]), 1);
      const slope = absolute(reshape(forwardDifference(disparity, axis), [batch, differences]));
      return mul(sum(mul(slope, exp(mul(edges, -1 / channels)))), 1 / (batch * differences));
    };
    return add<Scalar>(along(1), along(2));
  });
}
