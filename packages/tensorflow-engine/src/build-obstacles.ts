import { dataFolder } from './data-folder.ts';
import type { InstallOptions } from './install-engine.ts';
import { defaultPrograms } from './programs.ts';
import { lackOfSpace } from './lack-of-space.ts';
import { wheelSource } from './wheel-source.ts';

/** What stands against building the engine on this machine, in words; empty if nothing does. Asks nothing of the network and changes nothing. */
export async function buildObstacles({
  data = dataFolder(),
  gpu = false,
  signal,
  programs = {},
  machine = process,
}: Omit<InstallOptions, 'onProgress' | 'host'> = {}): Promise<string[]> {
  const obstacles = await wheelSource.obstacles({
    gpu,
    machine,
    programs: { ...defaultPrograms, ...programs },
    signal,
  });
  const lack = await lackOfSpace(data, wheelSource.space(gpu));
  return lack ? [...obstacles, lack] : obstacles;
}
