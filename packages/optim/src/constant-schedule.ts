import type { Schedule } from './schedule.ts';

/** The learning rates as they are: the factor is always 1. */
export const constantSchedule = (): Schedule => () => 1;
