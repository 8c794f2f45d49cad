import { add, div, mul, scalar, sqrt, square, sub, tanh, tidy, variable, type Scalar } from '@tensorflow/tfjs-core';
import type { Optimizer, ParameterGroup } from './optimizer.ts';
import { makeSlots } from './slots.ts';

/**
 * 1 − decay^steps, by way of tanh: in single precision the difference itself would lose half of the
 * digits in the first steps.
 */
function oneMinusPower(decay: number, steps: Scalar) {
  const half = tanh(mul(steps, -Math.log(decay) / 2));
  return div(mul(half, 2), add(half, 1));
}

/**
 * Adam as PyTorch does it:
 *
 *   g ← g + weightDecay · θ,   m ← β₁ m + (1 − β₁) g,   v ← β₂ v + (1 − β₂) g²,
 *   θ ← θ − learningRate / (1 − β₁ᵗ) · m / (√v / √(1 − β₂ᵗ) + epsilon)
 *
 * Steps t are counted for all variables together, in the last variable of the state.
 *
 * @param groups variables that share a learning rate, of any shapes
 * @param opts `beta1` 0.9, `beta2` 0.999, `epsilon` 1e-8, `weightDecay` 0
 * @throws if there is no variable, or one is in two groups
 */
export function adam(
  groups: ParameterGroup[],
  {
    beta1 = 0.9,
    beta2 = 0.999,
    epsilon = 1e-8,
    weightDecay = 0,
  }: { beta1?: number; beta2?: number; epsilon?: number; weightDecay?: number } = {},
): Optimizer {
  const [first] = groups.flatMap(({ variables }) => variables);
  if (!first) throw new Error('adam: there is no variable to optimise');
  const { state, groupUpdates } = makeSlots('adam', groups, ['mean', 'square']);
  const steps = tidy(() => variable(scalar(0), false, `${first.name}/steps`));
  return {
    state: [...state, steps],
    apply: (grads, learningRates) =>
      tidy(() => {
        const all = groupUpdates(grads, learningRates);
        const count = add<Scalar>(steps, 1);
        steps.assign(count);
        const [correction1, correction2] = [oneMinusPower(beta1, count), sqrt(oneMinusPower(beta2, count))];
        // Numerator and denominator of the step times correction2: what is left to do for each
        // element is one division.
        const smallest = mul(correction2, epsilon);
        for (const { learningRate, updates } of all) {
          const rate = mul(learningRate, div(correction2, correction1));
          for (const { parameter, gradient, slots } of updates) {
            const [mean, meanSquare] = slots;
            const decayed = weightDecay > 0 ? add(gradient, mul(parameter, weightDecay)) : gradient;
            const newMean = add(mul(mean, beta1), mul(decayed, 1 - beta1));
            const newSquare = add(mul(meanSquare, beta2), mul(square(decayed), 1 - beta2));
            const direction = div(newMean, add(sqrt(newSquare), smallest));
            parameter.assign(sub(parameter, mul(direction, rate)));
            mean.assign(newMean);
            meanSquare.assign(newSquare);
          }
        }
      }),
  };
}
