import type { Engine } from '@segsde/jit';
import { compareEngines } from './compare-engines.ts';
import { engineChoice } from './engine-choice.ts';
import { recallChoice, rememberChoice } from './engine-memory.ts';

/**
 * What `engine: auto` stands for on this machine: the engine with the shortest training step. Measured once, then remembered in the user's data folder until
 * the machine or a library changes; `segsde doctor` measures again.
 */
export async function chooseEngine(log: (line: string) => void): Promise<Engine> {
  const known = await recallChoice();
  if (known) {
    log(`engine auto: ${known.engine}, ${known.reason}; measured before`);
    return known.engine;
  }
  log('engine auto: measuring what works here, once');
  const choice = engineChoice(await compareEngines((engine) => log(`  ${engine}`)));
  const kept = await rememberChoice(choice);
  log(
    `engine auto: ${choice.engine}, ${choice.reason}${kept ? '' : '; cannot be remembered, the data folder is not writable'}`,
  );
  return choice.engine;
}
