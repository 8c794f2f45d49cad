import {
  add,
  clipByValue,
  matMul,
  mul,
  reshape,
  slice,
  sum,
  tidy,
  type Tensor3D,
  type Tensor4D,
} from '@tensorflow/tfjs-core';

/**
 * Brightness, contrast, saturation and hue of whole images: `clamp(A x + B m + c, 0, 1)` with each
 * image's mean colour m.
 *
 * The order of the operations, and whether there are any, lies in the numbers: the same traced
 * function serves every draw.
 *
 * @param image `[batch, height, width, 3]` in 0..1
 * @param transform `[batch, 7, 3]` from {@link drawStrongAugmentation}, {@link drawColorJitter} or
 *   {@link colorTransform}
 * @returns same shape, in 0..1
 */
export function colorJitter(image: Tensor4D, transform: Tensor3D): Tensor4D {
  return tidy(() => {
    const [batch, height, width, channels] = image.shape;
    const pixels = reshape(image, [batch, height * width, channels]) as Tensor3D;
    const rows = (from: number, count: number) => slice(transform, [0, from, 0], [batch, count, channels]);
    const mean = mul(sum<Tensor3D>(pixels, 1, true), 1 / (height * width));
    const shift = add(matMul(mean, rows(3, 3)), rows(6, 1));
    return reshape(clipByValue(add(matMul(pixels, rows(0, 3)), shift), 0, 1), image.shape);
  });
}
