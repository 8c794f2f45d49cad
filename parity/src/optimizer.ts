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
const groups: { rate: keyof OptimizerOptions; parts: (keyof Parts)[] }[] = [
  { rate: 'backbone_lr', parts: ['encoder'] },
  { rate: 'pose_lr', parts: ['pose_encoder', 'pose'] },
  { rate: 'depth_lr', parts: ['depth'] },
  { rate: 'segmentation_lr', parts: ['segmentation'] },
];

/** The optimiser and schedule of a training case. */
export function createOptimizer(
  parts: Parts,
  options: OptimizerOptions,
  schedule: ScheduleOptions | undefined,
): ScheduledOptimizer {
  const rest: Parts = { ...parts };
  const chosen = groups.flatMap(({ rate, parts: names }) => {
    if (options[rate] === undefined || names.every((name) => parts[name] === undefined)) return [];
    const variables = names.flatMap((name) => parts[name] ?? []);
    for (const name of names) delete rest[name];
    return [{ name: rate, variables, rate: options[rate] as number }];
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

function optimizerOf(chosen: { name: string; variables: Variable[] }[], options: OptimizerOptions): Optimizer {
  const { name, momentum, weight_decay: weightDecay, betas, eps } = options;
  const given = <T extends object>(values: T) =>
    Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T;
  switch (name) {
    case 'sgd':
      return sgd(chosen, given({ momentum, weightDecay }));
    case 'adam':
      return adam(chosen, given({ beta1: betas?.[0], beta2: betas?.[1], epsilon: eps, weightDecay }));
    default:
      throw new Error(`There is no optimizer ${name}; sgd and adam exist.`);
  }
}

function scheduleOf(schedule: ScheduleOptions | undefined): (step: number) => number {
  const {
    name = 'constant_lr',
    power = 0.9,
    max_iter = 0,
    step_size = 0,
    milestones = [],
    gamma = 0.1,
  } = schedule ?? {};
  switch (name) {
    case 'constant_lr':
      return constantSchedule();
    case 'poly_lr_2':
      return polynomialSchedule({ power, maxIterations: max_iter });
    case 'step_lr':
      return stepSchedule({ stepSize: step_size, gamma });
    case 'multi_step':
      return multiStepSchedule({ milestones, gamma });
    default:
      throw new Error(`There is no schedule ${name}.`);
  }
}
