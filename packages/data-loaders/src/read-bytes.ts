import { readFile } from 'node:fs/promises';
import { DataError } from './data-error.ts';

/** What is thrown for a file that cannot be opened or read. */
export function unreadable(file: string, error: unknown, advice: string): DataError {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'ENOTDIR') return new DataError(`${file}: no such file. ${advice}`);
  return new DataError(`${file}: cannot be read (${code ?? message}).`);
}

/** A whole file; `advice` says what to do when it does not exist. */
export async function readBytes(file: string, advice: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    throw unreadable(file, error, advice);
  }
}
