import { add, mul, sub, tidy } from '@tensorflow/tfjs-core';
import type { Optimizer, ParameterGroup } from './optimizer.ts';
import { makeSlots } from './slots.ts';

/**
 * Stochastic gradient descent as PyTorch does it:
 *
 *   g ← g + weightDecay · θ,   v ← momentum · v + g,   θ ← θ − learningRate · v
 *
 * @param groups variables that share a learning rate, of any shapes
 * @param opts `momentum` and `weightDecay`, both 0 by default; without momentum nothing is
 *   remembered
 * @throws if a variable is in two groups
 */
export function sgd(
  groups: ParameterGroup[],
  { momentum = 0, weightDecay = 0 }: { momentum?: number; weightDecay?: number } = {},
): Optimizer {
  const { state, groupUpdates } = makeSlots('sgd', groups, momentum > 0 ? ['momentum'] : []);
  return {
    state,
    apply: (grads, learningRates) =>
      tidy(() => {
        for (const { learningRate, updates } of groupUpdates(grads, learningRates)) {
          for (const { parameter, gradient, slots } of updates) {
            const [velocity] = slots;
            const decayed = weightDecay > 0 ? add(gradient, mul(parameter, weightDecay)) : gradient;
            const step = velocity ? add(mul(velocity, momentum), decayed) : decayed;
            velocity?.assign(step);
            parameter.assign(sub(parameter, mul(step, learningRate)));
          }
        }
      }),
  };
}
