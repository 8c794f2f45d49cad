import { afterAll, beforeAll } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Gives the tests of a file a user's data folder of their own.
 *
 * @returns where it is, once they run
 */
export function ownDataFolder(): () => string {
  let folder: string;
  const { XDG_DATA_HOME } = process.env;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'segsde-data-'));
    process.env.XDG_DATA_HOME = folder;
  });
  afterAll(async () => {
    if (XDG_DATA_HOME === undefined) delete process.env.XDG_DATA_HOME;
    else process.env.XDG_DATA_HOME = XDG_DATA_HOME;
    await rm(folder, { recursive: true });
  });
  return () => folder;
}
