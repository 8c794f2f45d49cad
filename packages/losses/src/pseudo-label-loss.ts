import { tidy, type Scalar, type Tensor1D, type Tensor4D } from '@tensorflow/tfjs-core';
import { crossEntropy } from './cross-entropy.ts';
import { pseudoLabels, type PseudoLabelOptions } from './pseudo-labels.ts';

export interface PseudoLabelLossOptions extends PseudoLabelOptions {
  /**
   * `[classes]`: what a pixel is worth whose pseudo label is that class, so that mixed images are
   * learnt with the same balance of classes as labelled ones. Default 1 each.
   */
  classWeights?: Tensor1D;
}

/**
 * Consistency of student and teacher: the student's cross entropy with the (mixed) probabilities of
 * a teacher, or of labels, turned into hard labels.
 *
 *   L = 1 / N · Σ_p  w_p · k(y_p) · −log softmax(z_p)[y_p],   y_p = argmax_c q_p(c)
 *
 * over all N pixels p of the batch, with the student's logits z, the teacher's probabilities q, the
 * class weights k, and w the confidence (see {@link pseudoLabels}): by default the share of the
 * batch's pixels with max_c q_p(c) ≥ 0.968 (Olsson et al. 2021, section 3.2). Pixels of which
 * nothing is known (all probabilities 0) cost 0 and count in N. The sum is not divided by the class
 * weights: they are meant to have mean 1 over labelled pixels already, and where a batch holds more
 * of what is rare it may cost more.
 *
 * @param logits the student's, `[batch, height, width, classes]`
 * @param probabilities the teacher's, `[batch, height, width, classes]`; no gradient flows to them
 */
export function pseudoLabelLoss(
  logits: Tensor4D,
  probabilities: Tensor4D,
  { classWeights, ...options }: PseudoLabelLossOptions = {},
): Scalar {
  return tidy(() => {
    const { labels, weight } = pseudoLabels(probabilities, options);
    return crossEntropy(logits, labels, { ignoreIndex: options.ignoreIndex, weights: weight, classWeights });
  });
}
