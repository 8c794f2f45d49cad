import type { Tensor, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import type { StrongAugmentation } from '@segsde/augmentation';
import type { DropoutNoise } from './dropout-noise.ts';

export interface UnlabelledBatch {
  /**
   * `[batch, height, width, 3]`, float32 in 0..1, or int32 in 0..255; each is mixed with the next
   * of the batch.
   */
  image: Tensor4D;
  /**
   * `[batch, height, width, 1]`, 0..1 over each whole image, larger = closer; absent where no depth
   * was learnt.
   */
  disparity?: Tensor4D;
  /**
   * int32 trainIds `[batch, height, width]` of the images that `labelKnown` marks; 255 = ignore.
   */
  label: Tensor3D;
  /** `[batch, 1, 1, 1]`: 1 where the label is to be used instead of the teacher's prediction. */
  labelKnown: Tensor4D;
  /** The draws of the mixing rule. */
  mixing: Record<string, Tensor>;
  strong: StrongAugmentation;
  teacherDropoutNoise: DropoutNoise;
  studentDropoutNoise: DropoutNoise;
}
