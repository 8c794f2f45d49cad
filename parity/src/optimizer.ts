import {
  adam,
  constantSchedule,
  multiStepSchedule,
  polynomialSchedule,
  sgd,
  stepSchedule,
  type Optimizer,
} from '@segsde/optim';
import { scalar, type Scalar, type Variable } from '@tensorflow/tfjs-core';
import type { OptimizerOptions, ScheduleOptions } from './train-options.ts';

/** Trainable variables by the reference's name of the network they belong to. */
export type Parts = Partial<Record<'encoder' | 'pose_encoder' | 'pose' | 'depth' | 'segmentation', Variable[]>>;

export interface ScheduledOptimizer extends Optimizer {
  /** Learning rate of each group in the reference's order, for a step counted from 0. */
  rates(step: number): { name: string; rate: number }[];
}

/** Parameter groups that the reference makes if their rate is given, in its order. */
const groups: { rate: 'backbone_lr' | 'pose_lr' | 'depth_lr' | 'segmentation_lr'; parts: (keyof Parts)[] }[] = [
  { rate: 'backbone_lr', parts: ['encoder'] },
  { rate: 'pose_lr', parts: ['pose_encoder', 'pose'] },
  { rate: 'depth_lr', parts: ['depth'] },
  { rate: 'segmentation_lr', parts: ['segmentation'] },
];

/** The optimiser and schedule of a training case. */
export function createOptimizer(
  parts: Parts,
  options: OptimizerOptions,
  schedule: ScheduleOptions,
): ScheduledOptimizer {
  const rest: Parts = { ...parts };
  const chosen: { name: string; variables: Variable[]; rate: number }[] = groups.flatMap(({ rate, parts: names }) => {
    const given = options[rate];
    if (given === undefined || names.every((name) => parts[name] === undefined)) return [];
    const variables = names.flatMap((name) => parts[name] ?? []);
    for (const name of names) delete rest[name];
    return [{ name: rate, variables, rate: given }];
  });
  const remaining = Object.values(rest).flat();
  if (remaining.length > 0) chosen.push({ name: 'lr', variables: remaining, rate: options.lr });

  const factor = scheduleOf(schedule);
  return {
    ...optimizerOf(chosen, options),
    rates: (step) => chosen.map(({ name, rate }) => ({ name, rate: rate * factor(step) })),
  };
}

/** Rates as the tensors that an optimiser takes. */
export const rateTensors = (rates: { name: string; rate: number }[]): Record<string, Scalar> =>
  Object.fromEntries(rates.map(({ name, rate }) => [name, scalar(rate)]));

const withoutGaps = <T extends object>(values: T) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T;

function optimizerOf(chosen: { name: string; variables: Variable[] }[], options: OptimizerOptions): Optimizer {
  const { weight_decay: weightDecay } = options;
  if (options.name === 'sgd') return sgd(chosen, withoutGaps({ momentum: options.momentum, weightDecay }));
  const [beta1, beta2] = options.betas ?? [];
  return adam(chosen, withoutGaps({ beta1, beta2, epsilon: options.eps, weightDecay }));
}

function scheduleOf(schedule: ScheduleOptions): (step: number) => number {
  switch (schedule.name) {
    case 'constant_lr':
      return constantSchedule();
    case 'poly_lr_2':
      return polynomialSchedule({ power: schedule.power, maxIterations: schedule.max_iter });
    case 'step_lr':
      return stepSchedule({ stepSize: schedule.step_size, gamma: schedule.gamma });
    case 'multi_step':
      return multiStepSchedule({ milestones: schedule.milestones, gamma: schedule.gamma });
  }
}
