import type { Engine } from '@segsde/jit';
import type { Config } from '../config/schema.ts';
import type { Progress, ProgressOptions } from '../progress/progress.ts';
import type { Registries } from '../registry/registries.ts';

/** A number or text that goes into metrics.jsonl. */
export type Metrics = Record<string, number | string>;

/** A part of the pipeline with a result that is worth keeping. Finished stages are skipped when a run is started again. */
export interface Stage<Result = unknown> {
  /** Also its folder inside the run folder, e.g. `depth` or `segmentation/baseline`. */
  readonly name: string;
  /** What the user reads while it runs, e.g. `learn depth from video`. */
  readonly title: string;
  /** Stages whose results it uses. */
  readonly needs: readonly Stage[];
  /** The keys of the config that its result depends on, itself nested as in the config. Keys that only upstream stages use stay out. */
  inputs(config: Config): object;
  /** Does the work and returns plain data, which is stored in `done.json` as soon as it resolves. */
  run(context: StageContext): Promise<Result>;
}

/** What `done.json` of a finished stage says. */
export interface StageRecord<Result = unknown> {
  result: Result;
  /** Seconds of work, interrupted attempts included. */
  seconds: number;
  /** Largest resident memory of the process up to the stage's end, in MiB. */
  peakRssMb: number;
}

export interface StageContext {
  readonly config: Config;
  readonly engine: Engine;
  readonly registries: Registries;
  /** The stage's own folder; exists. What an interrupted attempt left there is still there. */
  readonly folder: string;
  readonly runFolder: string;
  /** Aborts on Ctrl-C, with an `Interrupted` as its reason. `runIterations` looks at it; other loops call `signal.throwIfAborted()` between two files or frames. */
  readonly signal: AbortSignal;
  progress(title: string, total: number, options?: ProgressOptions): Progress;
  /** One line on the terminal. */
  log(line: string): void;
  /** Appends one line to the run's metrics.jsonl; the stage's name is added. */
  metrics(values: Metrics): void;
  /** Folder of another stage. */
  folderOf(stage: Stage): string;
  /** Record of a finished stage. @throws Error if the stage is not in this stage's `needs`, directly or not */
  done<Result>(stage: Stage<Result>): StageRecord<Result>;
}
