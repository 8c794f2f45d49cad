import { cast, div, type Tensor4D } from '@tensorflow/tfjs-core';

/**
 * An image as networks take it, float32 in 0..1. The type of its numbers says what they mean: int32
 * is 0..255, as decoded files have it, and is divided by 255; float32 is in 0..1 already and comes
 * back as it is, so float32 in 0..255 would pass unnoticed. Steps call this once, where their batch
 * comes in, and work in 0..1 from there on.
 *
 * @param image `[batch, height, width, 3]`
 * @throws if the image is neither int32 nor float32
 */
export function bytesToUnitRange(image: Tensor4D): Tensor4D {
  if (image.dtype === 'float32') return image;
  if (image.dtype === 'int32') return div(cast(image, 'float32'), 255);
  throw new Error(`An image of ${image.dtype} numbers: images are int32 in 0..255 or float32 in 0..1.`);
}
