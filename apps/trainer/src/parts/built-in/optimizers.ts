import { adam, sgd } from '@segsde/optim';
import { z } from 'zod';
import { defineOptimizer } from '../optimizer.ts';

const weightDecay = z.number().nonnegative();

export const optimizers = [
  defineOptimizer({
    name: 'sgd',
    options: z.strictObject({
      momentum: z.number().min(0).lt(1).default(0.9),
      weightDecay: weightDecay.default(5e-4),
    }),
    create: (groups, options) => sgd(groups, options),
  }),
  defineOptimizer({
    name: 'adam',
    options: z.strictObject({
      beta1: z.number().min(0).lt(1).default(0.9),
      beta2: z.number().min(0).lt(1).default(0.999),
      epsilon: z.number().positive().default(1e-8),
      weightDecay: weightDecay.default(0),
    }),
    create: (groups, options) => adam(groups, options),
  }),
];
