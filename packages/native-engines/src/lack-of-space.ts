import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`;

/** What the disk of a folder, which need not exist yet, lacks for `needed` bytes, in words; nothing if there is room. */
export async function lackOfSpace(folder: string, needed: number): Promise<string | undefined> {
  let existing = resolve(folder);
  while (!existsSync(existing)) existing = dirname(existing);
  const { bavail, bsize } = await statfs(existing);
  const free = bavail * bsize;
  if (free >= needed) return undefined;
  return `${gigabytes(needed)} of disk are needed while installing, ${gigabytes(free)} are free in ${existing}`;
}
