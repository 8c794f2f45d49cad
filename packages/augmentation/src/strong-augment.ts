import { tidy, type Tensor2D, type Tensor3D, type Tensor4D } from '@tensorflow/tfjs-core';
import { colorJitter } from './color-jitter.ts';
import { gaussianBlur } from './gaussian-blur.ts';

/** {@link drawStrongAugmentation}'s draws as tensors. */
export interface StrongAugmentation {
  /** `[batch, 7, 3]` */
  color: Tensor3D;
  /** `[2, 9]` */
  blur: Tensor2D;
}

/**
 * Colour jitter, then blur, for images only: never give it labels or probabilities.
 *
 * @param image `[batch, height, width, 3]` in 0..1
 * @returns same shape, in 0..1
 */
export function strongAugment(image: Tensor4D, { color, blur }: StrongAugmentation): Tensor4D {
  return tidy(() => gaussianBlur(colorJitter(image, color), blur));
}
