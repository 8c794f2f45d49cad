import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { engineProblem } from '../engines/advice.ts';
import { recallChoice } from '../engines/choice.ts';
import type { RunContext } from '../run/run-stages.ts';
import { UserError } from '../files/user-error.ts';
import { openRun } from './run-pipeline.ts';

/**
 * What a run folder was made with. Engine `auto` is what was measured here before, or `onnx`. A run
 * that was trained on an engine which this machine lacks is predicted with by `onnx`.
 *
 * @throws UserError if it is no run folder
 */
export async function openFinishedRun(runFolder: string): Promise<RunContext> {
  const configFile = join(runFolder, 'config.yaml');
  if (!existsSync(configFile)) throw new UserError(`${runFolder}: is no run folder, config.yaml is missing`);
  const run = await openRun(configFile, { out: runFolder });
  const { engine } = run.config;
  if (engine === 'auto') return { ...run, engine: (await recallChoice())?.engine ?? 'onnx' };
  const problem = engineProblem(engine);
  if (!problem) return { ...run, engine };
  run.log(`${problem} Engine onnx takes its place.`);
  return { ...run, engine: 'onnx' };
}
