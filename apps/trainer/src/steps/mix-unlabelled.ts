import { argMax, cast, equal, oneHot, reshape, softmax, where, zeros } from '@tensorflow/tfjs-core';
import type { Rank, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import { mixPairs, strongAugment } from '@segsde/augmentation';
import { bytesToUnitRange } from './bytes-to-unit-range.ts';
import type { MixingMask } from './mixing-mask.ts';
import type { SegmentationNetwork } from './segmentation-network.ts';
import type { UnlabelledBatch } from './unlabelled-batch.ts';

/** How the teacher's batch normalisation sees the images, see {@link MixUnlabelledOptions}. */
export type TeacherBatchNorm = 'batch' | 'running';

export interface MixUnlabelledOptions {
  mixingMask: MixingMask;
  /**
   * `'batch'`: the teacher is applied as in training, as the original code does: normalised by the
   * statistics of the batch, with dropout, and its running statistics move with the images it sees.
   * `'running'`: it is applied as in evaluation, by running statistics, without dropout. Default
   * `'batch'`.
   */
  teacherBatchNorm?: TeacherBatchNorm;
}

export interface MixedImages {
  /** What is said of each pixel before mixing: the teacher's probabilities, or the label as one. */
  probabilities: Tensor4D;
  /** `[batch, height, width, 1]`: 1 keeps an image's own pixel. */
  mask: Tensor4D;
  /** The mixed images after strong augmentation, `[batch, height, width, 3]` in 0..1. */
  image: Tensor4D;
  /** `probabilities`, mixed by the same mask; all 0 where a label is ignored. */
  pseudoLabels: Tensor4D;
}

/**
 * The unlabelled branch up to the student (docs/method.md, section 4.4, steps 1 to 5): the teacher
 * looks at the images, known labels take the place of what it says, and each image is mixed with
 * the next of the batch. Traceable.
 */
export function mixUnlabelled(
  teacher: SegmentationNetwork,
  { label, labelKnown, mixing, strong, teacherDropoutNoise, ...given }: UnlabelledBatch,
  { mixingMask, teacherBatchNorm = 'batch' }: MixUnlabelledOptions,
): MixedImages {
  const images = bytesToUnitRange(given.image);
  const [batch, height, width] = images.shape;
  const disparity = given.disparity ?? zeros<Rank.R4>([batch, height, width, 1]);

  const mode =
    teacherBatchNorm === 'batch'
      ? ({ training: true, dropoutNoise: teacherDropoutNoise } as const)
      : ({ training: false } as const);
  const predicted = softmax(teacher.segment(images, mode));

  const isKnown = equal(labelKnown, 1);
  const known = cast(oneHot(label, predicted.shape[3]) as Tensor4D, 'float32');
  const probabilities: Tensor4D = where(isKnown, known, predicted);
  // Not the greatest of `probabilities`: that would be class 0 where a label is ignored.
  const labels: Tensor3D = where(reshape(isKnown, [batch, 1, 1]), label, argMax<Tensor3D>(predicted, -1));

  const mask = mixingMask({ disparity, labels, draws: mixing });
  return {
    probabilities,
    mask,
    image: strongAugment(mixPairs(images, mask), strong),
    pseudoLabels: mixPairs(probabilities, mask),
  };
}
