import type { Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import type { DropoutNoise } from './dropout-noise.ts';

export interface LabelledBatch {
  /** `[batch, height, width, 3]`, float32 in 0..1, or int32 in 0..255. */
  image: Tensor4D;
  /** int32 trainIds `[batch, height, width]`, 255 = ignore. */
  label: Tensor3D;
  dropoutNoise: DropoutNoise;
}
