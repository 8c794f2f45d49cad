/* Batch normalisation in training, and its gradients, in the operations of `batchNormTraining` of @segsde/ops. */
import { add, mean as average, mul, rsqrt, square, sub, sum } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';

const PIXELS = [0, 1, 2];

export function normalized(
  x: Tensor4D,
  gamma: Tensor1D,
  beta: Tensor1D,
  { axes = PIXELS, of = x, epsilon = 1e-5 }: { axes?: number[]; of?: Tensor4D; epsilon?: number | Tensor } = {},
) {
  const mean = average<Tensor1D>(of, axes);
  const centred = sub<Tensor4D>(x, axes === PIXELS ? mean : average(of));
  const variance = average<Tensor1D>(square(centred), PIXELS);
  const inverseDeviation = rsqrt(add(variance, epsilon));
  const scale = mul(gamma, inverseDeviation);
  const output = add<Tensor4D>(mul(centred, scale), beta);
  return { output, mean, variance, centred, scale, inverseDeviation };
}

/**
 * @param opts `share` in place of the reciprocal of the number of pixels
 * @returns the output, and the gradients of the sum of its squares over 2 to x, gamma and beta
 */
export function trainedNorm(
  x: Tensor4D,
  gamma: Tensor1D,
  beta: Tensor1D,
  { share: of = 1 / (x.size / x.shape[3]) }: { share?: number } = {},
): [Tensor4D, Tensor4D, Tensor, Tensor] {
  const { output: dy, centred, scale, inverseDeviation } = normalized(x, gamma, beta);
  const dBeta = sum(dy, PIXELS);
  const dGamma = mul(sum(mul(dy, centred), PIXELS), inverseDeviation);
  const share = mul(scale, -of);
  const slope = mul(mul(share, inverseDeviation), dGamma);
  const offset = mul(share, dBeta);
  return [dy, add(mul(dy, scale), add(mul(centred, slope), offset)), dGamma, dBeta];
}
