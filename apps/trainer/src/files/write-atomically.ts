import { mkdir, open, rename, rm } from 'node:fs/promises';
import { showFile } from './show-file.ts';
import { UserError } from './user-error.ts';

const again = 'Free some space and give the same command again; what was finished is untouched';

const explanations: Record<string, string> = {
  ENOSPC: `the disk is full. ${again}`,
  EDQUOT: `your disk quota is used up. ${again}`,
  EACCES: 'permission denied. Allow reading and writing there, or choose another folder',
  EPERM: 'permission denied. Allow reading and writing there, or choose another folder',
  EROFS: 'the file system is read-only. Choose another folder',
  ENOENT: 'no such file or folder',
  ENOTDIR: 'part of this path is a file, not a folder',
  EISDIR: 'is a folder where a file is needed',
};

/**
 * The user's words for an error of the file system, or for one that it caused; other errors come
 * back as they are.
 */
export function explainFileError(error: unknown, path?: string): unknown {
  if (!(error instanceof Error) || error instanceof UserError) return error;
  const { code, path: named, message, cause } = error as NodeJS.ErrnoException;
  const explanation = explanations[code ?? ''];
  if (explanation) {
    const file = path ?? named;
    return new UserError(`${file === undefined ? message : showFile(file)}: ${explanation}`, { cause: error });
  }
  const deeper = explanations[(cause as NodeJS.ErrnoException | undefined)?.code ?? ''];
  return deeper ? new UserError(`${message} ${deeper[0].toUpperCase()}${deeper.slice(1)}`, { cause: error }) : error;
}

/**
 * A file appears whole or not at all: it is written under a temporary name, flushed to the disk,
 * and renamed.
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

/** Makes a folder and those around it; one that exists is fine. @throws UserError */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (error) {
    throw explainFileError(error, path);
  }
}
