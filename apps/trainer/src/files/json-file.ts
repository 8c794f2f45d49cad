import { readFile, writeFile } from 'node:fs/promises';
import { showFile } from './show-file.ts';
import { UserError } from './user-error.ts';
import { writeAtomically } from './write-atomically.ts';

export async function writeJson(path: string, value: unknown): Promise<void> {
  await writeAtomically(path, (temporary) => writeFile(temporary, `${JSON.stringify(value, undefined, 2)}\n`));
}

/** Undefined if there is no such file. @throws UserError when it is not JSON */
export async function readJson(path: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new UserError(`${showFile(path)}: damaged; delete its folder to make that stage again`);
  }
}
