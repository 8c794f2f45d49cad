import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { constantSchedule } from './constant-schedule.ts';
import { cosineSchedule } from './cosine-schedule.ts';
import { exponentialSchedule } from './exponential-schedule.ts';
import { multiStepSchedule } from './multi-step-schedule.ts';
import { polynomialSchedule } from './polynomial-schedule.ts';
import { stepSchedule } from './step-schedule.ts';
import { warmup } from './warmup.ts';

const steps = stepSchedule({ stepSize: 30, gamma: 0.1 });
const schedules = {
  constant: constantSchedule(),
  step: steps,
  multiStep: multiStepSchedule({ milestones: [20, 50], gamma: 0.5 }),
  polynomial: polynomialSchedule({ power: 0.9, maxIterations: 100 }),
  cosine: cosineSchedule({ maxIterations: 100, minFactor: 0.01 }),
  exponential: exponentialSchedule({ gamma: 0.97 }),
};

test('step and milestones take effect at the iteration that they name', () => {
  expect([0, 29, 30, 60].map(steps)).toEqual([1, 1, 0.1, 0.1 ** 2]);
  expect([0, 19, 20, 49, 50].map(schedules.multiStep)).toEqual([1, 1, 0.5, 0.5, 0.25]);
});

test('polynomial and cosine reach their floor at the end and stay there', () => {
  expect([0, 100, 1000].map(schedules.polynomial)).toEqual([1, 1e-6, 1e-6]);
  expect(schedules.polynomial(50)).toBeCloseTo(0.5 ** 0.9, 12);
  expect(schedules.cosine(50)).toBeCloseTo(0.505, 12);
  expect([100, 250].map(schedules.cosine)).toEqual([0.01, 0.01]);
});

test('every schedule starts at 1 and never rises', () => {
  for (const schedule of Object.values(schedules)) {
    expect(schedule(0)).toBe(1);
    fc.assert(
      fc.property(fc.nat(300), fc.nat(300), (k, more) => expect(schedule(k + more)).toBeLessThanOrEqual(schedule(k))),
    );
  }
});

test('warm-up rises to the schedule it precedes, which counts from the start', () => {
  const linear = warmup({ iterations: 40, factor: 0.2 }, steps);
  expect(linear(0)).toBeCloseTo(0.2, 12);
  expect(linear(20)).toBeCloseTo(0.6, 12);
  expect(linear(30)).toBeCloseTo(0.8 * 0.1, 12);
  expect([40, 60].map(linear)).toEqual([40, 60].map(steps));
  const constant = warmup({ iterations: 40, mode: 'constant', factor: 0.5 }, constantSchedule());
  expect([0, 39, 40].map(constant)).toEqual([0.5, 0.5, 1]);
});
