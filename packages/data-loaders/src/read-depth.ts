import { DataError } from './data-error.ts';
import type { Size } from './read-image.ts';
import { readPngValues } from './read-png-values.ts';
import { resizeNearest } from './resize-nearest.ts';
import type { FloatMap } from './sample.ts';

const centimetre = 0.01;

/**
 * Reads true depth in metres from a 16-bit PNG in centimetres, nearest neighbour at the wanted
 * size; 0 = unknown.
 *
 * @throws DataError naming the file
 */
export async function readDepth(file: string, { width, height }: Size): Promise<FloatMap> {
  const stored = await readPngValues(file, 'This data set has no true depth for the image.');
  if (stored.bits !== 16) {
    throw new DataError(`${file}: true depth must be a 16-bit PNG in centimetres, this one has 8 bits.`);
  }
  const data = resizeNearest(
    stored,
    { width, height },
    new Float32Array(width * height),
    (value) => value * centimetre,
  );
  return { width, height, data };
}
