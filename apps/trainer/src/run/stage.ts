import type { Engine } from '@segsde/jit';
import type { Config } from '../config/schema.ts';
import type { Progress, ProgressOptions } from '../progress/progress.ts';

/** A number or text that goes into metrics.jsonl. */
export type Metrics = Record<string, number | string>;

/**
 * A part of the pipeline with a result that is worth keeping. Finished stages are skipped when a
 * run is started again.
 */
export interface Stage<Result = unknown, Inputs extends object = object> {
  /** Also its folder inside the run folder, e.g. `depth` or `segmentation/baseline`. */
  readonly name: string;
  /** What the user reads while it runs, e.g. `learn depth from video`. */
  readonly title: string;
  /** Stages whose results it uses. */
  readonly needs: readonly Stage[];
  /**
   * What its result depends on: parts of the config, nested as there. The stage's fingerprint is
   * made of it. Keys that only upstream stages use stay out.
   */
  inputs(config: Config): Inputs;
  /**
   * Does the work and returns plain data, which is stored in `done.json` as soon as it resolves.
   * It sees of the config what `inputs` returned and nothing else, so no result can depend on a
   * key that the fingerprint does not cover.
   */
  run(context: StageContext, inputs: Inputs): Promise<Result>;
}

/** A stage whose `run` takes what its `inputs` return. */
export const defineStage = <Result, Inputs extends object>(stage: Stage<Result, Inputs>): Stage<Result> => stage;

/** What `done.json` of a finished stage says. */
export interface StageRecord<Result = unknown> {
  result: Result;
  /** Seconds of work, interrupted attempts included. */
  seconds: number;
  /** Largest resident memory of the process up to the stage's end, in MiB. */
  peakRssMb: number;
}

/** What a run gives to every stage. */
export interface RunTools {
  readonly engine: Engine;
  readonly runFolder: string;
  /** TypeScript modules of the user's; threads have to load them again. */
  readonly modules: readonly string[];
  /**
   * Aborts on Ctrl-C, with an `Interrupted` as its reason. `runIterations` looks at it; other loops
   * call `signal.throwIfAborted()` between two files or frames.
   */
  readonly signal: AbortSignal;
  progress(title: string, total: number, options?: ProgressOptions): Progress;
  /** One line on the terminal. */
  log(line: string): void;
}

export interface StageContext extends RunTools {
  /** The stage's own folder; exists. What an interrupted attempt left there is still there. */
  readonly folder: string;
  /** Appends one line to the run's metrics.jsonl; the stage's name is added. */
  metrics(values: Metrics): void;
  /** Folder of another stage. */
  folderOf(stage: Stage): string;
  /**
   * Record of a finished stage. @throws Error if the stage is not in this stage's `needs`, directly
   * or not
   */
  done<Result>(stage: Stage<Result>): StageRecord<Result>;
}
