import { mul, type Scalar } from '@tensorflow/tfjs-core';
import { valueAndGradients, type Optimizer } from '@segsde/optim';
import type { DropoutNoise } from './dropout-noise.ts';
import type { ConsistencyLoss } from './loss-functions.ts';
import type { MixedImages } from './mix-unlabelled.ts';
import type { SegmentationNetwork } from './segmentation-network.ts';

export interface ConsistencyOptions {
  consistencyLoss: ConsistencyLoss;
  /** Multiplies the loss. */
  weight: Scalar;
  dropoutNoise: DropoutNoise;
}

/**
 * What the mixed images say: how far the student is from the pseudo labels, and the gradients by
 * variable name (docs/method.md, section 4.4, steps 6 and 7). Traceable; the student's running
 * statistics move.
 *
 * @param optimizer of which only the scale of the loss counts
 */
export const consistencyGradients = (
  { student, optimizer }: { student: SegmentationNetwork; optimizer: Pick<Optimizer, 'scale'> },
  { image, pseudoLabels }: Pick<MixedImages, 'image' | 'pseudoLabels'>,
  { consistencyLoss, weight, dropoutNoise }: ConsistencyOptions,
) =>
  valueAndGradients(
    student.variables,
    () => {
      const logits = student.segment(image, { training: true, dropoutNoise });
      return { consistency: mul<Scalar>(weight, consistencyLoss(logits, pseudoLabels)) };
    },
    optimizer,
  );
