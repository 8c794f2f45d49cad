import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { RunContext } from '../run/run-stages.ts';
import { UserError } from '../run/user-error.ts';
import { openRun } from './run-pipeline.ts';

/** What a run folder was made with. @throws UserError if it is none */
export async function openFinishedRun(runFolder: string): Promise<RunContext> {
  const configFile = join(runFolder, 'config.yaml');
  if (!existsSync(configFile)) throw new UserError(`${runFolder}: is no run folder, config.yaml is missing`);
  return openRun(configFile, { out: runFolder });
}
