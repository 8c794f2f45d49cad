import { median } from './median.ts';
import type { Turn } from './turn.ts';

export interface Summary {
  /** Of one step. */
  medianSeconds: number;
  fastestSeconds: number;
  /**
   * Processor time by wall time while it worked: fewer than the machine has means that something
   * else took them.
   */
  busyCores: number;
  /** Processor time that its threads still took in the rest after a turn, on average. */
  restSeconds: number;
  /** Processor time by wall time while the others had their turns. */
  idleCores: number;
}

/**
 * @param turns at least two; the first step of each does not count, because the caches still hold
 *   the others' numbers
 */
export function summarizeTurns(turns: readonly Turn[]): Summary {
  const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);
  const seconds = turns.flatMap((turn) => turn.seconds.slice(1));
  const waits = turns.slice(1).map(({ start }, i) => ({ from: turns[i].rested, to: start }));
  return {
    medianSeconds: median(seconds),
    fastestSeconds: Math.min(...seconds),
    busyCores:
      sum(turns.map(({ start, end }) => end.cpu - start.cpu)) /
      sum(turns.map(({ start, end }) => end.clock - start.clock)),
    restSeconds: sum(turns.map(({ end, rested }) => rested.cpu - end.cpu)) / turns.length,
    idleCores:
      sum(waits.map(({ from, to }) => to.cpu - from.cpu)) / sum(waits.map(({ from, to }) => to.clock - from.clock)),
  };
}
