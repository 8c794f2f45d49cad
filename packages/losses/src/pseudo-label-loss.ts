import { tidy, type Scalar, type Tensor4D } from '@tensorflow/tfjs-core';
import { crossEntropy } from './cross-entropy.ts';
import { pseudoLabels, type PseudoLabelOptions } from './pseudo-labels.ts';

/**
 * Cross entropy against a teacher's (mixed) probabilities turned into weighted labels, the mean over all pixels.
 *
 * @param logits the student's, `[batch, height, width, classes]`
 * @param probabilities the teacher's, `[batch, height, width, classes]`; no gradient flows to them
 */
export function pseudoLabelLoss(logits: Tensor4D, probabilities: Tensor4D, options: PseudoLabelOptions = {}): Scalar {
  return tidy(() => {
    const { labels, weight } = pseudoLabels(probabilities, options);
    return crossEntropy(logits, labels, { ignoreIndex: options.ignoreIndex, weights: weight });
  });
}
