import type { StoredTensor } from '@segsde/models';

/** What a bench measures. Steps are the next ones of one and the same training run. */
export interface Work {
  /** A step as it is timed; gives numbers that every step has anyway, like the loss. */
  step(): Promise<Record<string, number>>;
  /** Many such steps at once, where the engine is faster with that; timed in place of `step`. */
  series?(count: number): Promise<Record<string, number>[]>;
  /**
   * The same step with numbers that cost extra, like the gradients' norm; never called where time
   * or memory is measured.
   */
  checkedStep(): Promise<Record<string, number>>;
  /**
   * Everything that the other side needs to begin at the same point. Called before the first step.
   */
  beginning(): Promise<Map<string, StoredTensor>>;
}
