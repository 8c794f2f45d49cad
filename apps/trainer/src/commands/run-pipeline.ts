import { enableProdMode } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import { join } from 'node:path';
import { type ConfigOptions, loadConfig } from '../config/load-config.ts';
import { createProgress } from '../progress/progress.ts';
import { checkData } from '../run/check-data.ts';
import { runStages, type RunContext } from '../run/run-stages.ts';
import type { Stage } from '../run/stage.ts';
import { type Pipeline, pipeline } from '../stages/pipeline.ts';
import { stopOnCtrlC } from './stop-on-ctrl-c.ts';

export interface PipelineOptions extends ConfigOptions {
  out?: string;
}

/** What every stage gets, from a config file and the command line. Progress and notes go to stderr. */
export async function openRun(file: string, options: PipelineOptions): Promise<RunContext> {
  // Keeps TensorFlow.js from advertising its native binding.
  enableProdMode();
  const { config, registries } = await loadConfig(file, options);
  return {
    config,
    registries,
    engine: config.engine === 'auto' ? 'onnx' : config.engine,
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
  const stages = pipeline(run.config);
  const last = wanted(stages);
  await checkData(run.config, run.registries);
  await runStages(last, run);
  return { runFolder: run.runFolder, stages };
}
