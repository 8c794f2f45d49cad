import type { Tensor2D, Tensor4D, Variable } from '@tensorflow/tfjs-core';
import type { Mode } from './dropout-noise.ts';

/** What the depth steps need of the network that sees the camera move. */
export interface PoseNetwork {
  /**
   * Two images `[batch, height, width, 3]` in temporal order to the motion between them, `[batch,
   * 3]` each.
   */
  motion(earlier: Tensor4D, later: Tensor4D, mode: Mode): { axisAngle: Tensor2D; translation: Tensor2D };
  /** Everything that is learnt. */
  readonly variables: Variable[];
}
