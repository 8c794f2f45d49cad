import type { Schedule } from './schedule.ts';

/** Always 1. */
export const constantSchedule = (): Schedule => () => 1;
