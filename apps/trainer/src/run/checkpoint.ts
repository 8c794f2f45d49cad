import type { Variable } from '@tensorflow/tfjs-core';

/** Iteration of the checkpoint at `path`, whose values are put into `state`; 0 if there is none. */
export declare function readCheckpoint(path: string, state: ReadonlyMap<string, Variable>): Promise<number>;
/** Saves `state` under a temporary name, flushes it to disk, and renames it. */
export declare function writeCheckpoint(
  path: string,
  state: ReadonlyMap<string, Variable>,
  iteration: number,
): Promise<void>;
