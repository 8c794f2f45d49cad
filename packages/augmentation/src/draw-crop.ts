import type { Crop } from './crop-sample.ts';
import type { UniformGenerator } from './uniform-generator.ts';

/**
 * A crop of the given size, anywhere in an image.
 *
 * @throws if the crop is larger than the image
 */
export function drawCrop(
  uniform: UniformGenerator,
  image: { width: number; height: number },
  { width, height }: { width: number; height: number },
): Crop {
  if (width > image.width || height > image.height)
    throw new Error(`drawCrop: a ${width}x${height} crop does not fit into a ${image.width}x${image.height} image.`);
  const upTo = (n: number) => Math.floor(uniform() * (n + 1));
  return { left: upTo(image.width - width), top: upTo(image.height - height), width, height };
}
