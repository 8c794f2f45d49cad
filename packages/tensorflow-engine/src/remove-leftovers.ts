import { readdir, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { downloadsFolder, engineFolder } from './engine-folder.ts';

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
  const [engines, downloads] = [engineFolder(data), downloadsFolder(data)].map((folder) => dirname(folder));
  for (const name of await readdir(engines).catch(() => [] as string[])) {
    const pid = Number(/^tensorflow\.(\d+)\.tmp$/.exec(name)?.[1] ?? NaN);
    if (pid === process.pid || (Number.isInteger(pid) && !isAlive(pid))) {
      await rm(join(engines, name), { recursive: true });
    }
  }
  for (const folder of [downloadsFolder(data), downloads, engines, data]) await rmdir(folder).catch(() => undefined);
}
