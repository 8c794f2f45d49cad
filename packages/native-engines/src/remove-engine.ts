import { existsSync } from 'node:fs';
import { readdir, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { EngineLocation } from './find-engine.ts';
import {
  dataFolder,
  downloadsFolder,
  engineFolder,
  type NativeEngine,
  nativeEngines,
  unfinishedFolder,
} from './folders.ts';

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * Removes unfinished engines of this process and of processes that were killed, and the folders
 * that are empty then.
 *
 * @param data the data folder
 */
export async function removeLeftovers(data: string): Promise<void> {
  const downloads = nativeEngines.map((name) => downloadsFolder(data, name));
  const engines = dirname(engineFolder(data, nativeEngines[0]));
  for (const name of await readdir(engines).catch(() => [] as string[])) {
    const pid = Number(/^[a-z-]+\.(\d+)\.tmp$/.exec(name)?.[1] ?? NaN);
    if (pid === process.pid || (Number.isInteger(pid) && !isAlive(pid))) {
      await rm(join(engines, name), { recursive: true });
    }
  }
  for (const folder of [...downloads, dirname(downloads[0]), engines, data]) await rmdir(folder).catch(() => undefined);
}

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
