import type { Schedule } from './schedule.ts';

/**
 * The factor of half a cosine from 1 down to `minFactor` (0), which it stays at from
 * `maxIterations` on:
 *
 *   minFactor + (1 − minFactor) · (1 + cos(π · iteration / maxIterations)) / 2
 */
export const cosineSchedule =
  ({ maxIterations, minFactor = 0 }: { maxIterations: number; minFactor?: number }): Schedule =>
  (iteration) =>
    minFactor + ((1 - minFactor) * (1 + Math.cos(Math.PI * Math.min(1, iteration / maxIterations)))) / 2;
