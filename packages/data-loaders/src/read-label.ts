import { DataError } from './data-error.ts';
import type { LabelValues } from './dataset.ts';
import type { Size } from './read-image.ts';
import { type PngValues, readPngValues } from './read-png-values.ts';
import { resizeNearest } from './resize-nearest.ts';
import type { LabelMap } from './sample.ts';

/** A label file and how to read it. */
export interface LabelSource {
  file: string;
  /** What each of the 256 stored values means: a trainId, 255 = ignore, or -1 = must not occur. */
  meaning: Int16Array;
  /** Said when a value must not occur: which do, and what to do about it. */
  allowed: string;
  /** Said when the file does not exist. */
  advice: string;
}

/**
 * Decodes and checks; `image` is the size on disk, upright, of the image that the label belongs to.
 */
async function readStored({ file, meaning, allowed, advice }: LabelSource, image: Size): Promise<PngValues> {
  const stored = await readPngValues(file, advice);
  const factor = stored.width / image.width;
  if (!Number.isInteger(factor) || factor !== stored.height / image.height) {
    throw new DataError(
      `${file}: the label is ${stored.width}x${stored.height}, its image ${image.width}x${image.height}. ` +
        'Bring one to the size of the other (labels without interpolation).',
    );
  }
  if (stored.bits !== 8) {
    throw new DataError(`${file}: a label must be an 8-bit PNG, this one has ${stored.bits} bits.`);
  }
  const wrong = stored.data.findIndex((value) => meaning[value] < 0);
  if (wrong >= 0) {
    const [x, y] = [wrong % stored.width, Math.floor(wrong / stored.width)];
    throw new DataError(
      `${file}: class id ${stored.data[wrong]} at column ${x}, row ${y} is outside the map. ${allowed}`,
    );
  }
  return stored;
}

/**
 * Reads a label PNG as trainIds, nearest neighbour at the wanted size. It may be larger than its
 * image by a whole factor (images that were made smaller on disk keep their labels); any other
 * difference in size is an error.
 *
 * @param sizes of the label map, and of the image on disk
 * @throws DataError naming the file
 */
export async function readLabel(
  source: LabelSource,
  { size: { width, height }, image }: { size: Size; image: Size },
): Promise<LabelMap> {
  const stored = await readStored(source, image);
  const { meaning } = source;
  const data = resizeNearest(stored, { width, height }, new Uint8Array(width * height), (value) => meaning[value]);
  return { width, height, data };
}

/**
 * Counts what a label PNG holds at its full size.
 *
 * @throws DataError for all that {@link readLabel} throws one for
 */
export async function countLabel(source: LabelSource, image: Size): Promise<LabelValues> {
  const { data } = await readStored(source, image);
  const pixels = new Uint32Array(256);
  for (const value of data) pixels[value]++;
  return { file: source.file, pixels, meaning: source.meaning };
}
