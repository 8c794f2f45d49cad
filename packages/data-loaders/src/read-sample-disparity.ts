import { join } from 'node:path';
import { readDisparity } from './read-disparity.ts';
import type { Size } from './read-image.ts';
import { resizeNearest } from './resize-nearest.ts';
import type { FloatMap } from './sample.ts';

/** Where the disparity of a sample lies in a folder of exported disparities. */
export const disparityFile = (folder: string, id: string): string => join(folder, `${id}.png`);

/** What to do where a sample's disparity does not exist. */
export const disparityAdvice = (id: string): string =>
  `The image ${id} has no disparity. Export the disparities of all images first, or leave it out.`;

/**
 * Disparity of a sample in 0..1 at the wanted size, nearest neighbour: no depth is invented between
 * an object and what is behind it.
 */
export async function readSampleDisparity(folder: string, id: string, { width, height }: Size): Promise<FloatMap> {
  const stored = await readDisparity(disparityFile(folder, id), disparityAdvice(id));
  const data = resizeNearest(stored, { width, height }, new Float32Array(width * height), (value) => value);
  return { width, height, data };
}
