import {
  cast,
  clone,
  div,
  gather,
  greaterEqual,
  less,
  log,
  logicalAnd,
  max,
  maximum,
  mul,
  notEqual,
  oneHot,
  reshape,
  softmax,
  sub,
  sum,
  tidy,
  type Scalar,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import { resizeBilinear, withGradient } from '@segsde/ops';

export interface CrossEntropyOptions {
  /** This label, like every other outside of the classes, is not learnt. Default 255. */
  ignoreIndex?: number;
  /**
   * Weight of each pixel, broadcastable to the labels' `[batch, height, width]`. The loss is then
   * the mean over ALL pixels, ignored ones counting as 0, so that a batch with little to learn from
   * also moves little.
   */
  weights?: Tensor;
  /**
   * `[classes]`, what a pixel of each class is worth. Without `weights` the loss is divided by the
   * sum of the valid pixels' class weights; with them both weights are multiplied, and the mean is
   * over all pixels.
   */
  classWeights?: Tensor1D;
  /**
   * What the loss is, without `weights`, when no pixel counts: 0, or NaN as in the reference.
   * Default `'zero'`.
   */
  whenAllIgnored?: 'zero' | 'nan';
}

/**
 * Cross entropy of softmax(logits) and labels, in nats: the mean over the pixels that are not
 * ignored, 0 with zero gradient if all are.
 *
 * @param logits `[batch, height, width, classes]`; resized (bilinear, corner-aligned) to the labels
 *   if the sizes differ
 * @param labels int32 `[batch, height, width]`
 */
export function crossEntropy(
  logits: Tensor4D,
  labels: Tensor3D,
  { ignoreIndex = 255, weights, classWeights, whenAllIgnored = 'zero' }: CrossEntropyOptions = {},
): Scalar {
  return tidy(() => {
    const [batch, height, width] = labels.shape;
    const classes = logits.shape[3];
    const sized =
      logits.shape[1] === height && logits.shape[2] === width
        ? logits
        : resizeBilinear(logits, [height, width], { alignCorners: true });

    const flatLabels = reshape(labels, [-1]);
    const known = logicalAnd(greaterEqual(flatLabels, 0), less(flatLabels, classes));
    const valid = logicalAnd(known, notEqual(flatLabels, ignoreIndex));
    const index = mul(flatLabels, cast(valid, 'int32')) as Tensor1D;
    const losses = pixelCrossEntropy(reshape(sized, [-1, classes]), index);

    const validity = cast(valid, 'float32');
    const share = classWeights ? mul(gather(classWeights, index), validity) : validity;
    if (weights === undefined) {
      const count = sum(share);
      return div<Scalar>(sum(mul(losses, share)), whenAllIgnored === 'nan' ? count : maximum(count, 1e-12));
    }
    const weighted = mul(reshape(mul(losses, share), [batch, height, width]), weights);
    return mul<Scalar>(sum(weighted), 1 / (batch * height * width));
  });
}

/**
 * `-log softmax(logits)[index]` per row. The logarithm is taken of the greatest probability only,
 * which is never near 0.
 */
function pixelCrossEntropy(logits: Tensor2D, index: Tensor1D): Tensor1D {
  // Cast, because the WebAssembly backend's oneHot gets no other type than int32 right.
  const chosen = cast(oneHot(index, logits.shape[1]), 'float32');
  const probabilities = softmax(logits);
  const behind = sub(max(logits, 1), sum(mul(logits, chosen), 1));
  const losses = sub<Tensor1D>(behind, log(max(probabilities, 1)));
  return withGradient(
    [logits],
    [probabilities, chosen],
    () => clone(losses),
    (dy, [probabilities, chosen]) => mul(sub(probabilities, chosen), reshape(dy, [-1, 1])),
  );
}
