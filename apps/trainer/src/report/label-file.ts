import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { decode, encode } from 'fast-png';
import type { LabelMap } from '@segsde/data-loaders';
import { makeFolder, writeAtomically } from '../files/write-atomically.ts';

/** Where a variant's prediction for a frame lies in the folder of the evaluation. */
export const labelFile = (folder: string, variant: string, id: string): string => join(folder, variant, `${id}.png`);

/** Writes trainIds as an 8-bit grey PNG. */
export async function writeLabel(file: string, { width, height, data }: LabelMap): Promise<void> {
  await makeFolder(dirname(file));
  const png = encode({ width, height, data, depth: 8, channels: 1 });
  await writeAtomically(file, (temporary) => writeFile(temporary, png));
}

/** Reads what {@link writeLabel} wrote. */
export async function readLabel(file: string): Promise<LabelMap> {
  const { width, height, data } = decode(await readFile(file));
  return { width, height, data: Uint8Array.from(data) };
}
