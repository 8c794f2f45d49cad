import type { Tensor, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';

export interface MixingInputs {
  /** `[N,H,W,1]` in 0..1, larger = closer; 0 where no depth was learnt. */
  disparity: Tensor4D;
  /**
   * The class of each pixel, int32 `[N,H,W]`: the label's where there is one, 255 where that is
   * ignored, else the teacher's choice.
   */
  labels: Tensor3D;
  /** The rule's random inputs by name. */
  draws: Record<string, Tensor>;
}

/**
 * A mixing rule, `[N,H,W,1]`: 1 keeps the image's own pixel, 0 takes that of the next image of the
 * batch.
 */
export type MixingMask = (inputs: MixingInputs) => Tensor4D;
