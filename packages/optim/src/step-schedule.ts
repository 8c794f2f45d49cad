import type { Schedule } from './schedule.ts';

/** Multiplies by `gamma` after every `stepSize` iterations. */
export const stepSchedule =
  ({ stepSize, gamma }: { stepSize: number; gamma: number }): Schedule =>
  (iteration) =>
    gamma ** Math.floor(iteration / stepSize);
