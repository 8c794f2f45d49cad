import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { dataFolder } from './data-folder.ts';
import { downloadsFolder, engineFolder, unfinishedFolder } from './engine-folder.ts';
import type { EngineLocation } from './find-engine.ts';
import type { NativeEngine } from './native-engine.ts';
import { removeLeftovers } from './remove-leftovers.ts';

/**
 * Removes an engine, broken ones included, and what interrupted installations left.
 *
 * @returns the folder that it was in, or nothing if there was none
 */
export async function removeEngine(
  name: NativeEngine,
  { data = dataFolder() }: EngineLocation = {},
): Promise<string | undefined> {
  const folder = engineFolder(data, name);
  const there = existsSync(folder);
  // Renamed first: nobody finds half an engine if this is interrupted.
  if (there) await rename(folder, unfinishedFolder(data, name));
  await rm(downloadsFolder(data, name), { recursive: true, force: true });
  await removeLeftovers(data);
  return there ? folder : undefined;
}
