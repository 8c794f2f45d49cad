import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { encode } from 'fast-png';

/** A folder of one test's own. */
export const temporaryFolder = (): string => mkdtempSync(join(tmpdir(), 'segsde-data-'));

export const write = (file: string, content: string | Uint8Array): string => {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
};

/** An RGB PNG whose pixels are given by a function, or are all alike. */
export const writeImage = (
  file: string,
  width: number,
  height: number,
  pixel: (x: number, y: number) => number[] = () => [10, 20, 30],
): string => {
  const data = Array.from({ length: width * height }, (_, at) => pixel(at % width, Math.floor(at / width))).flat();
  return write(file, encode({ width, height, channels: 3, data: Uint8Array.from(data) }));
};

/** An 8-bit grey PNG of the given numbers. */
export const writeLabel = (file: string, width: number, data: number[]): string =>
  write(file, encode({ width, height: data.length / width, channels: 1, data: Uint8Array.from(data) }));

/** A 16-bit grey PNG of the given numbers. */
export const writeGrey16 = (file: string, width: number, data: number[]): string =>
  write(file, encode({ width, height: data.length / width, channels: 1, depth: 16, data: Uint16Array.from(data) }));
