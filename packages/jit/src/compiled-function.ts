import type { Tensor } from '@tensorflow/tfjs-core';
import type { Explanation } from './explanation.ts';

/**
 * What a target makes of a traced graph. Runs of one function, and of functions that share
 * variables, must not overlap.
 */
export interface CompiledFunction {
  /**
   * @returns new tensors on the current backend, one for each output of the graph; the variables
   *   that the graph assigns have their new values
   */
  run(inputs: readonly Tensor[]): Promise<Tensor[]>;
  /** As many calls of `run`, one after the other, in one go; where that saves something. */
  runSeries?(inputs: readonly (readonly Tensor[])[]): Promise<Tensor[][]>;
  /**
   * Measures a few runs with these inputs, where the target can tell its parts apart; no variable
   * changes.
   */
  explain?(inputs: readonly Tensor[]): Promise<Explanation>;
  /** Frees what the target holds. Variables keep their values. */
  release(): Promise<void>;
}
