import type { Schedule } from './schedule.ts';

/** Multiplies by `gamma` from each milestone on. */
export const multiStepSchedule =
  ({ milestones, gamma }: { milestones: number[]; gamma: number }): Schedule =>
  (iteration) =>
    gamma ** milestones.filter((milestone) => iteration >= milestone).length;
