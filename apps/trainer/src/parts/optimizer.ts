import type { Optimizer, ParameterGroup } from '@segsde/optim';
import { type Definition, definePart, type PartSpec } from './definition.ts';

export interface OptimizerPart {
  create(groups: ParameterGroup[]): Optimizer;
}

/** An optimiser over groups of variables; the learning rates come with each step. */
export const defineOptimizer = <Options>(
  spec: PartSpec<Options> & { create(groups: ParameterGroup[], options: Options): Optimizer },
): Definition<'optimizer', OptimizerPart> =>
  definePart('optimizer', spec, (options: Options) => ({ create: (groups) => spec.create(groups, options) }));
