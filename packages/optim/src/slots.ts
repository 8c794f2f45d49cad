import {
  tidy,
  variable,
  zeros,
  type NamedTensorMap,
  type Scalar,
  type Tensor,
  type Variable,
} from '@tensorflow/tfjs-core';
import type { ParameterGroup } from './optimizer.ts';

/**
 * A variable to update, its gradient, and what is remembered of it in the order of the slots'
 * names; all of one shape.
 */
export interface ParameterUpdate {
  parameter: Variable;
  gradient: Tensor;
  slots: Variable[];
}

/** What there is to do for a group. */
export interface GroupUpdate {
  learningRate: Scalar;
  updates: ParameterUpdate[];
}

/**
 * Makes the variables in which an optimiser remembers something of each parameter, all zero and of
 * the parameter's shape.
 *
 * @param optimizer its name, for errors
 * @param names what is remembered, such as `momentum`; the variables are called
 *   `<parameter>/<name>`
 * @throws if a parameter is in two groups
 */
export function makeSlots(optimizer: string, groups: ParameterGroup[], names: string[]) {
  const slots = new Map<Variable, Variable[]>();
  for (const { name: group, variables } of groups) {
    for (const parameter of variables) {
      if (slots.has(parameter))
        throw new Error(`${optimizer}: ${parameter.name} is in group "${group}" and in one before it`);
      const make = (slot: string) => tidy(() => variable(zeros(parameter.shape), false, `${parameter.name}/${slot}`));
      slots.set(parameter, names.map(make));
    }
  }
  return {
    state: [...slots.values()].flat(),
    /**
     * What there is to do in one step, group by group: all variables that have a gradient.
     *
     * @throws if a group has no learning rate
     */
    groupUpdates: (grads: NamedTensorMap, learningRates: Record<string, Scalar>): GroupUpdate[] =>
      groups.map(({ name, variables }) => {
        const learningRate = learningRates[name];
        if (!learningRate) {
          throw new Error(
            `${optimizer}: no learning rate for the group "${name}"; there are some for: ${Object.keys(learningRates).join(', ')}`,
          );
        }
        const updates = variables
          .filter((parameter) => grads[parameter.name])
          .map((parameter) => ({ parameter, gradient: grads[parameter.name], slots: slots.get(parameter)! }));
        return { learningRate, updates };
      }),
  };
}
