import { expect, test } from '@jest/globals';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { explainFileError, writeAtomically } from './write-atomically.ts';

test('a full disk leaves the earlier file as it was and no temporary one, and is told in the words of the user', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'segsde-write-'));
  const path = join(folder, 'result.json');
  await writeAtomically(path, (temporary) => writeFile(temporary, 'old'));
  const full = async (temporary: string) => {
    await writeFile(temporary, 'ne');
    throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  };
  await expect(writeAtomically(path, full)).rejects.toMatchObject({
    name: 'UserError',
    message: expect.stringMatching(/result\.json: the disk is full\. Free some space and give the same command again/),
  });
  expect(await readFile(path, 'utf8')).toBe('old');
  expect(await readdir(folder)).toEqual(['result.json']);
  await rm(folder, { recursive: true });
});

test('what a full disk caused elsewhere is told in the words of the user too, and other errors stay as they are', () => {
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  const wrapped = explainFileError(new Error('a.safetensors: could not be written.', { cause: full }));
  expect(wrapped).toMatchObject({
    name: 'UserError',
    message: expect.stringMatching(/^a\.safetensors: .* The disk is full/),
  });
  const other = new RangeError('too long');
  expect(explainFileError(other)).toBe(other);
});
