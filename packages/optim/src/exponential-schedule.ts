import type { Schedule } from './schedule.ts';

/** Multiplies by `gamma` after every iteration. */
export const exponentialSchedule =
  ({ gamma }: { gamma: number }): Schedule =>
  (iteration) =>
    gamma ** iteration;
