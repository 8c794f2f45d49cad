import { DataError } from './data-error.ts';
import { readBytes } from './read-bytes.ts';
import { readPngValues } from './read-png-values.ts';
import type { FloatMap } from './sample.ts';

export interface StoredDisparity extends FloatMap {
  /**
   * What 0 and 1 of the map stand for in the network's output; undefined for files without a
   * side-car, such as the reference's.
   */
  scale?: { minimum: number; maximum: number };
}

/** The file beside a disparity PNG that holds its scale. */
export const sideCar = (file: string): string => file.replace(/\.png$/i, '') + '.json';

/**
 * Reads a disparity PNG: 16 bit as {@link writeDisparity} stores it, or 8 bit as the reference does
 * (docs/method.md, section 1.2), as 0..1.
 *
 * @throws DataError naming the file
 */
export async function readDisparity(file: string, advice = 'Export the disparities first.'): Promise<StoredDisparity> {
  const { width, height, bits, data } = await readPngValues(file, advice);
  const largest = 2 ** bits - 1;
  // Not Float32Array.from with a function, which takes twenty times as long.
  const map = { width, height, data: new Float32Array(data).map((value) => value / largest) };
  if (bits === 8) return map;
  const scaleFile = sideCar(file);
  const text = new TextDecoder().decode(
    await readBytes(scaleFile, `It holds the scale of ${file}. Export the disparities again.`),
  );
  let scale: unknown;
  try {
    scale = JSON.parse(text);
  } catch {
    throw new DataError(`${scaleFile}: no valid JSON. Export the disparities again.`);
  }
  const { minimum, maximum } = (scale ?? {}) as { minimum?: unknown; maximum?: unknown };
  if (typeof minimum !== 'number' || typeof maximum !== 'number') {
    throw new DataError(`${scaleFile}: the numbers "minimum" and "maximum" are missing. Export the disparities again.`);
  }
  return { ...map, scale: { minimum, maximum } };
}
