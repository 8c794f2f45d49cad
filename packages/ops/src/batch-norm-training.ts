import { add, mean as average, mul, rsqrt, square, sub, sum } from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';
import { withGradient } from './with-gradient.ts';

const PIXELS = [0, 1, 2];

/**
 * Batch normalisation with the batch's own statistics, as PyTorch does it in `train` mode:
 *
 *   gamma · (x − mean(x)) / √(variance(x) + epsilon) + beta
 *
 * The output's gradient takes into account that mean and variance depend on `x`. PyTorch's running
 * variance follows the unbiased one: `variance · n / (n − 1)` with `n` = batch · height · width.
 *
 * @param x `[batch, height, width, channels]`
 * @param gamma `[channels]`
 * @param beta `[channels]`
 * @param opts `epsilon` defaults to PyTorch's 1e-5
 * @returns the output and the batch's mean and (biased) variance, `[channels]`
 */
export function batchNormTraining(
  x: Tensor4D,
  gamma: Tensor1D,
  beta: Tensor1D,
  { epsilon = 1e-5 }: { epsilon?: number } = {},
): { output: Tensor4D; mean: Tensor1D; variance: Tensor1D } {
  const mean = average<Tensor1D>(x, PIXELS);
  const centred = sub<Tensor4D>(x, mean);
  const variance = average<Tensor1D>(square(centred), PIXELS);
  const count = x.size / x.shape[3];
  const inverseDeviation = rsqrt(add(variance, epsilon));
  const scale = mul(gamma, inverseDeviation);
  const output = withGradient(
    [x, gamma, beta],
    [centred, scale, inverseDeviation],
    () => add<Tensor4D>(mul(centred, scale), beta),
    (dy, [centred, scale, inverseDeviation]) => {
      const dBeta = sum(dy, PIXELS);
      const dGamma = mul(sum(mul(dy, centred), PIXELS), inverseDeviation);
      const share = mul(scale, -1 / count);
      const slope = mul(mul(share, inverseDeviation), dGamma);
      const offset = mul(share, dBeta);
      return [add(mul(dy, scale), add(mul(centred, slope), offset)), dGamma, dBeta];
    },
  );
  return { output, mean, variance };
}
