import type { Tensor4D, Variable } from '@tensorflow/tfjs-core';
import type { Mode } from './dropout-noise.ts';

/** What the depth steps need of a network, whatever its encoder and decoder are. */
export interface DisparityNetwork {
  /**
   * Images `[batch, height, width, 3]` in 0..1 to disparities in 0..1 by scale; scale 0 has the
   * images' size.
   */
  disparities(image: Tensor4D, mode: Mode): Record<number, Tensor4D>;
  /** Decoder features by level, ("upconv", level) in docs/method.md, section 2.3. */
  features(image: Tensor4D, mode: Mode): Record<number, Tensor4D>;
  /** Everything that is learnt. */
  readonly variables: Variable[];
}
