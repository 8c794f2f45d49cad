import type { Engine } from '@segsde/jit';
import { enableProdMode } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import { join } from 'node:path';
import { type ConfigOptions, loadConfig } from '../config/load-config.ts';
import { requireEngine } from '../engines/advice.ts';
import { chooseEngine } from '../engines/choice.ts';
import { createProgress } from '../progress/progress.ts';
import { checkData } from '../data/check-data.ts';
import { readJson } from '../files/json-file.ts';
import { checkUnchanged, runStages, type RunContext, withNeeds } from '../run/run-stages.ts';
import type { Stage } from '../run/stage.ts';
import { type Pipeline, pipeline } from '../recipes/pipeline.ts';
import { stopOnCtrlC } from './stop-on-ctrl-c.ts';

export interface PipelineOptions extends ConfigOptions {
  out?: string;
}

/** The engine that a run was begun with, so that going on gives the same numbers to the bit. */
async function engineOf(runFolder: string): Promise<Engine | undefined> {
  const environment = (await readJson(join(runFolder, 'environment.json'))) as { engine?: Engine } | undefined;
  return environment?.engine;
}

/**
 * What every stage gets but the engine, from a config file and the command line. Progress and notes
 * go to stderr.
 */
export async function openRun(file: string, options: PipelineOptions): Promise<Omit<RunContext, 'engine'>> {
  // Keeps TensorFlow.js from advertising its native binding.
  enableProdMode();
  const config = await loadConfig(file, options);
  return {
    config,
    runFolder: options.out ?? join('runs', config.name),
    signal: stopOnCtrlC(),
    progress: (title, total, progressOptions) => createProgress(process.stderr, title, total, progressOptions),
    log: (line) => console.error(line),
  };
}

/** Runs the wanted stages of a config's pipeline and all they need. */
export async function runPipeline(
  file: string,
  options: PipelineOptions,
  wanted: (stages: Pipeline) => Stage[],
): Promise<{ runFolder: string; stages: Pipeline }> {
  const run = await openRun(file, options);
  const { config, runFolder, log } = run;
  const stages = pipeline(config);
  const last = wanted(stages);
  await checkUnchanged(last, run);
  const scored: readonly Stage[] = [...stages.segmentation, stages.evaluation];
  await checkData(config, { segmentation: withNeeds(last).some((stage) => scored.includes(stage)) }, run);
  const engine = config.engine === 'auto' ? ((await engineOf(runFolder)) ?? (await chooseEngine(log))) : config.engine;
  requireEngine(engine);
  await runStages(last, { ...run, engine });
  return { runFolder, stages };
}
