import type { Schedule } from './schedule.ts';

/** Half a cosine from 1 down to `minFactor` (0) at `maxIterations`; it stays there afterwards. */
export const cosineSchedule =
  ({ maxIterations, minFactor = 0 }: { maxIterations: number; minFactor?: number }): Schedule =>
  (iteration) =>
    minFactor + ((1 - minFactor) * (1 + Math.cos(Math.PI * Math.min(1, iteration / maxIterations)))) / 2;
