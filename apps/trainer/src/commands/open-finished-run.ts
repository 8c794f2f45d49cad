import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { recallChoice } from '../engines/engine-memory.ts';
import type { RunContext } from '../run/run-stages.ts';
import { UserError } from '../run/user-error.ts';
import { openRun } from './run-pipeline.ts';

/** What a run folder was made with. Engine `auto` is what was measured here before, or `onnx`. @throws UserError if it is none */
export async function openFinishedRun(runFolder: string): Promise<RunContext> {
  const configFile = join(runFolder, 'config.yaml');
  if (!existsSync(configFile)) throw new UserError(`${runFolder}: is no run folder, config.yaml is missing`);
  const run = await openRun(configFile, { out: runFolder });
  const { engine } = run.config;
  return { ...run, engine: engine === 'auto' ? ((await recallChoice())?.engine ?? 'onnx') : engine };
}
