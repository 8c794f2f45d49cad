import type { Schedule } from './schedule.ts';

/** The factor gamma^iteration. */
export const exponentialSchedule =
  ({ gamma }: { gamma: number }): Schedule =>
  (iteration) =>
    gamma ** iteration;
