import type { Size } from './read-image.ts';

/**
 * Fills `target` with the nearest values of `source` (half-pixel centres, as Pillow's NEAREST),
 * through `convert`.
 */
export function resizeNearest<T extends Uint8Array | Float32Array>(
  source: Size & { data: ArrayLike<number> },
  { width, height }: Size,
  target: T,
  convert: (value: number) => number,
): T {
  const columns = Int32Array.from({ length: width }, (_, x) => Math.floor(((x + 0.5) * source.width) / width));
  for (let y = 0; y < height; y++) {
    const row = Math.floor(((y + 0.5) * source.height) / height) * source.width;
    for (let x = 0; x < width; x++) target[y * width + x] = convert(source.data[row + columns[x]]);
  }
  return target;
}
