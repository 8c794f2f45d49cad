import { cast, div, type Tensor4D } from '@tensorflow/tfjs-core';

/** An image as networks want it, in 0..1. Whole numbers, as decoded files have them, are 0..255; others are in 0..1 already. */
export const unitRange = (image: Tensor4D): Tensor4D =>
  image.dtype === 'int32' ? div(cast(image, 'float32'), 255) : image;
