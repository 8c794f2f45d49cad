import type { Tensor4D, Variable } from '@tensorflow/tfjs-core';
import type { Mode } from './dropout-noise.ts';

/** What the segmentation steps need of a network, whatever its encoder and decoder are. */
export interface SegmentationNetwork {
  /** Images `[batch, height, width, 3]` in 0..1 to logits `[batch, height, width, classes]`. */
  segment(image: Tensor4D, mode: Mode): Tensor4D;
  /** Everything that is learnt. */
  readonly variables: Variable[];
  /**
   * Running statistics of its batch normalisation; needed for `teacherBatchNorm: 'running'` only.
   */
  readonly buffers?: Variable[];
}
