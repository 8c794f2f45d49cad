import { add, div, mul, reshape, sum, tidy, type Tensor4D } from '@tensorflow/tfjs-core';

/**
 * Disparity divided by its own mean, image by image, so that shrinking all disparities does not
 * pay: `d / (mean d + 1e-7)`.
 *
 * @param disparity `[batch, height, width, 1]`
 */
export function meanNormalized(disparity: Tensor4D): Tensor4D {
  return tidy(() => {
    const [batch, height, width] = disparity.shape;
    const flat = reshape(disparity, [batch, height * width]);
    const mean = mul(sum(flat, 1, true), 1 / (height * width));
    return reshape(mul(flat, div(1, add(mean, 1e-7))), disparity.shape);
  });
}
