import { readdirSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { DataError } from './data-error.ts';
import { didYouMean } from './did-you-mean.ts';

const entries = (folder: string) => {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return undefined;
  }
};

/**
 * Names in a folder.
 *
 * @throws DataError naming the first folder on the way that does not exist, and what is there
 *   instead
 */
export function listFolder(folder: string): string[] {
  const found = entries(folder);
  if (found) return found.map((entry) => entry.name);
  const parent = dirname(folder);
  const siblings = entries(parent);
  if (!siblings && parent !== folder) return listFolder(parent);
  const folders = (siblings ?? []).filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  throw new DataError(`${folder}: no such folder. Check the path. ${didYouMean(basename(folder), folders)}`.trimEnd());
}
