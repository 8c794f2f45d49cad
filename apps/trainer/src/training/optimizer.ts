import { scalar, type Scalar } from '@tensorflow/tfjs-core';
import { lossScaling, type Optimizer, type ParameterGroup } from '@segsde/optim';
import type { Config } from '../config/schema.ts';
import type { Part } from '../parts/registries.ts';
import type { StepEngine } from '../steps/step-engine.ts';

/**
 * The optimiser that a config chooses, and what the config's `precision` means for the step that
 * uses it.
 */
export function createOptimizer(
  part: Part<'optimizer'>,
  groups: ParameterGroup[],
  precision: Config['precision'],
): { optimizer: Optimizer } & Pick<StepEngine, 'mixedPrecision'> {
  const optimizer = part.create(groups);
  if (precision === 'float32') return { optimizer };
  // bfloat16 has the range of float32: no gradient is too small for it.
  if (precision === 'bfloat16') return { optimizer, mixedPrecision: precision };
  const variables = groups.flatMap((group) => group.variables);
  return { optimizer: lossScaling(optimizer, { variables }), mixedPrecision: precision };
}

/** The learning rate of each parameter group, times the schedule's factor. */
export const scaledRates = (rates: Record<string, number>, factor: number): Record<string, number> =>
  Object.fromEntries(Object.entries(rates).map(([group, rate]) => [group, rate * factor]));

/** Learning rates as tensors for a step. */
export const rateTensors = (rates: Record<string, number>): Record<string, Scalar> =>
  Object.fromEntries(Object.entries(rates).map(([group, rate]) => [group, scalar(rate)]));
