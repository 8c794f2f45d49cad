import { open, rename, rm } from 'node:fs/promises';
import { showFile } from '../config/source.ts';
import { UserError } from './user-error.ts';

/** The user's words for an error of the file system; other errors come back as they are. */
export function explainFileError(error: unknown, path?: string): unknown {
  const { code, path: named } = error as NodeJS.ErrnoException;
  const file = path ?? named;
  const shown = file === undefined ? '' : `${showFile(file)}: `;
  const explanations: Record<string, string> = {
    ENOSPC: 'the disk is full. Free some space and give the same command again; what was finished is untouched',
    EDQUOT:
      'your disk quota is used up. Free some space and give the same command again; what was finished is untouched',
    EACCES: 'permission denied. Allow reading and writing there, or choose another folder',
    EPERM: 'permission denied. Allow reading and writing there, or choose another folder',
    EROFS: 'the file system is read-only. Choose another folder',
    ENOENT: 'no such file or folder',
    ENOTDIR: 'part of this path is a file, not a folder',
    EISDIR: 'is a folder where a file is needed',
  };
  const explanation = code === undefined ? undefined : explanations[code];
  return explanation === undefined ? error : new UserError(`${shown}${explanation}`, { cause: error });
}

/**
 * A file appears whole or not at all: it is written under a temporary name, flushed to the disk, and renamed.
 *
 * @throws UserError when the disk is full or may not be written to; the temporary file is gone then
 */
export async function writeAtomically(path: string, write: (temporary: string) => Promise<void>): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    await write(temporary);
    const file = await open(temporary, 'r+');
    try {
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw explainFileError(error, path);
  }
}
