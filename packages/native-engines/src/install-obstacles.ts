import { dataFolder } from './data-folder.ts';
import { engineRecipes } from './engine-recipes.ts';
import type { InstallOptions } from './install-engine.ts';
import { lackOfSpace } from './lack-of-space.ts';
import type { NativeEngine } from './native-engine.ts';
import { TFJS_NODE_HOST } from './prebuilt-source.ts';
import { defaultPrograms } from './programs.ts';

/**
 * What stands against installing an engine from Python's package index on this machine, in words; empty if nothing does. Asks nothing of the network and
 * changes nothing.
 */
export async function installObstacles(
  name: NativeEngine,
  {
    data = dataFolder(),
    gpu = false,
    elsewhere = false,
    signal,
    programs = {},
    machine = process,
  }: Omit<InstallOptions, 'onProgress' | 'host'> = {},
): Promise<string[]> {
  const fromWheels = engineRecipes[name].sources(TFJS_NODE_HOST).at(-1)!;
  const obstacles = await fromWheels.obstacles({
    ...{ gpu, elsewhere, machine, signal },
    programs: { ...defaultPrograms, ...programs },
  });
  const lack = await lackOfSpace(data, fromWheels.space(gpu));
  return lack ? [...obstacles, lack] : obstacles;
}
