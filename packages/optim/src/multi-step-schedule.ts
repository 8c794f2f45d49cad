import type { Schedule } from './schedule.ts';

/**
 * The factor gamma^k, where k is how many milestones have been reached; a milestone is the
 * iteration from which on it counts.
 */
export const multiStepSchedule =
  ({ milestones, gamma }: { milestones: number[]; gamma: number }): Schedule =>
  (iteration) =>
    gamma ** milestones.filter((milestone) => iteration >= milestone).length;
