import type { Schedule } from './schedule.ts';

/** (1 − iteration / maxIterations)^power, at least 1e-6; it stays there afterwards. */
export const polynomialSchedule =
  ({ power, maxIterations }: { power: number; maxIterations: number }): Schedule =>
  (iteration) =>
    Math.max(1e-6, Math.max(0, 1 - iteration / maxIterations) ** power);
