import type { ImageU8 } from '@segsde/data-loaders';

/**
 * The image and `levels - 1` smaller ones, each half the size of the one before by means of 2x2
 * pixels.
 */
export function imagePyramid(image: ImageU8, levels: number): ImageU8[] {
  const pyramid = [image];
  while (pyramid.length < levels) pyramid.push(halved(pyramid[pyramid.length - 1]));
  return pyramid;
}

function halved({ width, height, data }: ImageU8): ImageU8 {
  const half = { width: width >> 1, height: height >> 1 };
  const result = new Uint8Array(half.width * half.height * 3);
  const row = width * 3;
  let to = 0;
  for (let y = 0; y < half.height; y++) {
    for (let x = 0; x < half.width; x++) {
      const from = 2 * y * row + 6 * x;
      for (let c = from; c < from + 3; c++) {
        result[to++] = (data[c] + data[c + 3] + data[c + row] + data[c + row + 3] + 2) >> 2;
      }
    }
  }
  return { ...half, data: result };
}
