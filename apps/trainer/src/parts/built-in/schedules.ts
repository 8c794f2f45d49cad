import {
  constantSchedule,
  cosineSchedule,
  exponentialSchedule,
  multiStepSchedule,
  polynomialSchedule,
  type Schedule,
  stepSchedule,
  warmup,
} from '@segsde/optim';
import { z } from 'zod';
import { defineSchedule } from '../schedule.ts';

const gamma = z.number().positive().default(0.1);
const count = z.int().positive();

const warmupOptions = {
  warmup: z
    .strictObject({
      iterations: count,
      mode: z.enum(['linear', 'constant']).default('linear'),
      factor: z.number().positive().default(0.2).describe('Factor to begin with'),
    })
    .nullable()
    .default(null)
    .describe('Smaller learning rates to begin with'),
};

/** A built-in schedule: its options, and those of the warm-up that every one may have. */
function scheduleOf<Shape extends z.ZodRawShape>(
  name: string,
  shape: Shape,
  create: (options: z.infer<z.ZodObject<Shape>>, iterations: number) => Schedule,
) {
  const own = z.object(shape);
  const start = z.object(warmupOptions);
  return defineSchedule({
    name,
    options: z.strictObject({ ...shape, ...warmupOptions }),
    create: (given, { iterations }) => {
      const schedule = create(own.parse(given), iterations);
      const { warmup: first } = start.parse(given);
      return first ? warmup(first, schedule) : schedule;
    },
  });
}

export const schedules = [
  scheduleOf('constant', {}, () => constantSchedule()),
  scheduleOf('step', { stepSize: count, gamma }, (options) => stepSchedule(options)),
  scheduleOf('multi-step', { milestones: z.array(count).min(1), gamma }, (options) => multiStepSchedule(options)),
  scheduleOf('polynomial', { power: z.number().positive().default(0.9) }, ({ power }, maxIterations) =>
    polynomialSchedule({ power, maxIterations }),
  ),
  scheduleOf('cosine', { minFactor: z.number().min(0).max(1).default(0) }, ({ minFactor }, maxIterations) =>
    cosineSchedule({ maxIterations, minFactor }),
  ),
  scheduleOf('exponential', { gamma: z.number().positive().max(1) }, (options) => exponentialSchedule(options)),
];
