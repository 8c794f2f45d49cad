import { relative } from 'node:path';

/** A path as messages show it: relative to the working directory where that is shorter. */
export function showFile(path: string): string {
  const shown = relative('', path);
  return shown.startsWith('..') ? path : shown;
}
