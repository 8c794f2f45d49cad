import { add, div, mul, square, sub, tidy, type Tensor4D } from '@tensorflow/tfjs-core';
import { averagePool3x3, reflectPad } from '@segsde/ops';

/** Keeps the comparison of means stable where both are near 0. */
export const C1 = 0.01 ** 2;
/** Keeps the comparison of variances stable where both images are flat. */
export const C2 = 0.03 ** 2;

/**
 * Structural similarity per pixel and channel, over 3x3 windows with mirrored borders:
 *
 *   SSIM(x, y) = (2 μx μy + C1) (2 σxy + C2) / ((μx² + μy² + C1) (σx² + σy² + C2))
 *
 * with C1 = 0.01² and C2 = 0.03² (Wang et al. 2004, eq. 13; plain means as in Godard et al. 2017).
 *
 * @param x `[batch, height, width, channels]` in 0..1, at least 2x2
 * @param y same shape
 * @returns `[batch, height, width, channels]` in −1..1; 1 where the windows are equal
 */
export function ssim(x: Tensor4D, y: Tensor4D): Tensor4D {
  return tidy(() => {
    const [a, b] = [reflectPad(x), reflectPad(y)];
    const [meanX, meanY] = [averagePool3x3(a), averagePool3x3(b)];
    const meanXY = mul(meanX, meanY);
    const varianceX = sub(averagePool3x3(square(a)), square(meanX));
    const varianceY = sub(averagePool3x3(square(b)), square(meanY));
    const covariance = sub(averagePool3x3(mul(a, b)), meanXY);
    return div<Tensor4D>(
      mul(add(mul(meanXY, 2), C1), add(mul(covariance, 2), C2)),
      mul(add(add(square(meanX), square(meanY)), C1), add(add(varianceX, varianceY), C2)),
    );
  });
}
