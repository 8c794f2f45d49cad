import {
  abs,
  add,
  clipByValue,
  clone,
  div,
  max,
  maximum,
  mul,
  relu,
  reshape,
  slice,
  square,
  sub,
  sum,
  tidy,
  type Scalar,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import { withGradient } from '@segsde/ops';

export interface BerHuOptions {
  /** Share of the rows, from the bottom, that does not count (the own car's bonnet). Default 0. */
  maskBottom?: number;
}

/**
 * Reverse Huber loss: |e| up to a threshold C, (e² + C²) / 2C beyond it, with C = 0.2 · max |e|
 * over the batch (Laina et al. 2016, section 3.2). The mean over all pixels; masked ones count as
 * 0. C is a constant, no gradient flows through it.
 *
 * @param prediction `[batch, height, width, channels]`
 * @param target same shape; where it equals the prediction everywhere, loss and gradient are 0
 */
export function berHuLoss(prediction: Tensor4D, target: Tensor4D, options: BerHuOptions = {}): Scalar {
  return tidy(() => {
    const errors = visible(sub(prediction, target), options);
    const size = abs(errors);
    const threshold = thresholdOf(errors);
    const beyond = relu(sub(size, threshold));
    const costs = add<Tensor4D>(size, div(square(beyond), mul(threshold, 2)));
    const losses = withGradient(
      [errors],
      [errors, div(size, threshold)],
      () => clone(costs),
      (dy, [errors, relative]) => mul(dy, mul(clipByValue(mul(errors, 1e30), -1, 1), maximum(relative, 1))),
    );
    return mul<Scalar>(sum(losses), 1 / prediction.size);
  });
}

/** The threshold C of {@link berHuLoss}. */
export function berHuThreshold(prediction: Tensor4D, target: Tensor4D, options: BerHuOptions = {}): Scalar {
  return tidy(() => thresholdOf(visible(sub(prediction, target), options)));
}

/** At least 1e-12: a perfect prediction would divide 0 by 0. */
const thresholdOf = (errors: Tensor4D): Scalar => maximum<Scalar>(mul(max(abs(errors)), 0.2), 1e-12);

function visible(errors: Tensor4D, { maskBottom = 0 }: BerHuOptions): Tensor4D {
  const [batch, height, width, channels] = errors.shape;
  const rows = Math.floor((1 - maskBottom) * height);
  const top = rows === height ? errors : slice(errors, 0, [batch, rows, width, channels]);
  return reshape(top, [1, batch, rows, width * channels]);
}
