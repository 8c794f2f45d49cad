import type { Schedule } from './schedule.ts';

/**
 * The factor gamma^⌊iteration / stepSize⌋: learning rates fall after every `stepSize` iterations.
 */
export const stepSchedule =
  ({ stepSize, gamma }: { stepSize: number; gamma: number }): Schedule =>
  (iteration) =>
    gamma ** Math.floor(iteration / stepSize);
