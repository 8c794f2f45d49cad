import { readdir, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { downloadsFolder, engineFolder } from './engine-folder.ts';
import { nativeEngines } from './native-engine.ts';

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * Removes unfinished engines of this process and of processes that were killed, and the folders that are empty then.
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
