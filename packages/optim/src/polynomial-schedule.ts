import type { Schedule } from './schedule.ts';

/**
 * The factor (1 − iteration / maxIterations)^power, at least 1e-6, which it stays at from
 * `maxIterations` on.
 */
export const polynomialSchedule =
  ({ power, maxIterations }: { power: number; maxIterations: number }): Schedule =>
  (iteration) =>
    Math.max(1e-6, Math.max(0, 1 - iteration / maxIterations) ** power);
