import { readFile } from 'node:fs/promises';
import { DataError } from './data-error.ts';

/** A whole file; `advice` says what to do when it does not exist. */
export async function readBytes(file: string, advice: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') throw new DataError(`${file}: no such file. ${advice}`);
    throw new DataError(`${file}: cannot be read (${code ?? message}).`);
  }
}
