import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { encode } from 'fast-png';
import { DataError } from './data-error.ts';
import { sideCar } from './read-disparity.ts';
import type { FloatMap } from './sample.ts';

const steps = 65535;

const writeWhole = async (file: string, content: Uint8Array | string) => {
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(temporary, content);
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    const { code, message } = error as NodeJS.ErrnoException;
    const reason =
      code === 'ENOSPC'
        ? 'the disk is full. Make room and start again; what was written stays'
        : `cannot be written (${code ?? message})`;
    throw new DataError(`${file}: ${reason}.`);
  }
};

/**
 * Stores a disparity map as a 16-bit PNG, stretched to its own range as `d = (s - min s) / (max s -
 * min s)` (docs/method.md, section 1.2) and rounded, with `{"minimum", "maximum"}` of s in a JSON
 * file beside it. A constant map becomes 0 everywhere. Each file appears whole or not at all, the
 * PNG last.
 *
 * @throws DataError if a value is not finite or the file cannot be written
 */
export async function writeDisparity(file: string, { width, height, data }: FloatMap): Promise<void> {
  let [minimum, maximum] = [Infinity, -Infinity];
  for (const value of data) {
    if (!Number.isFinite(value)) {
      throw new DataError(`${file}: the disparity holds a value that is not finite (${value}); nothing was written.`);
    }
    minimum = Math.min(minimum, value);
    maximum = Math.max(maximum, value);
  }
  const range = maximum - minimum;
  const values = Uint16Array.from(data, (value) => (range > 0 ? Math.round(((value - minimum) / range) * steps) : 0));
  await writeWhole(sideCar(file), `${JSON.stringify({ minimum, maximum })}\n`);
  await writeWhole(file, encode({ width, height, data: values, depth: 16, channels: 1 }));
}
