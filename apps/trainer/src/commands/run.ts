import { didYouMean } from '@segsde/data-loaders';
import { reportTable } from '../report/report-table.ts';
import { readResult } from '../run/run-stages.ts';
import { runSeeds } from './run-seeds.ts';
import { UserError } from '../files/user-error.ts';
import type { Stage } from '../run/stage.ts';
import type { Pipeline } from '../recipes/pipeline.ts';
import { type PipelineOptions, runPipeline } from './run-pipeline.ts';

function required<S extends Stage>(stage: S | undefined, key: string): S {
  if (stage) return stage;
  throw new UserError(`the config says nothing under "${key}", so there is nothing to do`);
}

const lastStages = {
  scenes: ({ scenes }) => [required(scenes, 'scenes')],
  'train-depth': ({ depth }) => [required(depth, 'depth')],
  'export-depth': ({ disparity }) => [required(disparity, 'depth')],
  select: ({ selection }) => [selection],
  evaluate: ({ evaluation }) => [evaluation],
} satisfies Record<string, (stages: Pipeline) => Stage[]>;

/** A command that stops before the report. */
export type UpTo = keyof typeof lastStages;

export async function runUpTo(command: UpTo, file: string, options: PipelineOptions): Promise<void> {
  const { runFolder, stages } = await runPipeline(file, options, lastStages[command]);
  if (command !== 'select') return;
  const { selected } = (await readResult(runFolder, stages.selection))!;
  console.log(selected.join('\n'));
}

/** `segsde train`: all variants, or one. */
export async function train(
  file: string,
  { variant, ...options }: PipelineOptions & { variant?: string },
): Promise<void> {
  await runPipeline(file, options, ({ segmentation }) => {
    if (variant === undefined) return segmentation;
    const names = segmentation.map(({ name }) => name.slice(name.lastIndexOf('/') + 1));
    const index = names.indexOf(variant);
    if (index < 0) throw new UserError(`--variant ${variant}: unknown. ${didYouMean(variant, names)}`);
    return [segmentation[index]];
  });
}

/** `segsde run`: the whole pipeline, for one seed or several. */
export async function runAll(file: string, { seeds, ...options }: PipelineOptions & { seeds?: number }): Promise<void> {
  if (seeds !== undefined) {
    await runSeeds(file, { ...options, seeds });
    return;
  }
  const { runFolder, stages } = await runPipeline(file, options, ({ report }) => [report]);
  const report = await readResult(runFolder, stages.report);
  console.log(`\n${reportTable(report!)}\n\n${runFolder}: report.json, panels`);
}
