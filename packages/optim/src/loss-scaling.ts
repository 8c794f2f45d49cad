import { add, addN, equal, mul, scalar, sum, tidy, variable, where } from '@tensorflow/tfjs-core';
import type { NamedTensorMap, Scalar, Tensor, Variable } from '@tensorflow/tfjs-core';
import type { Optimizer } from './optimizer.ts';

/** An optimiser for gradients of a scaled loss, see {@link lossScaling}. */
export interface LossScaling extends Optimizer {
  readonly scale: Variable & Scalar;
}

/** True unless one of the gradients has a number that is infinite or not a number. */
const allFinite = (grads: NamedTensorMap): Tensor =>
  equal(addN(Object.values(grads).map((gradient) => sum(mul(gradient, 0)))), 0);

/**
 * Lets an optimiser work with gradients that went through numbers of 16 bits
 * (`mixedPrecision: 'float16'` of `@segsde/jit`), as PyTorch's `GradScaler` does it. The loss is
 * scaled up as far as gradients allow: a step with gradients that are infinite or not a number is
 * left out, and halves the scale; after `growthInterval` steps without one it is doubled. The scale
 * is among the optimiser's `state`, and saved with it.
 *
 *     const optimizer = lossScaling(sgd(groups), { variables });
 *     const { grads } = valueAndGradients(variables, lossTerms, { scale: optimizer.scale });
 *     optimizer.apply(grads, learningRates);
 *
 * @param optimizer takes the steps; it gets gradients that have been divided by the scale
 * @param opts `variables`: all that `optimizer` may change; `initialScale` (65536);
 *   `growthInterval` (2000), in steps
 */
export function lossScaling(
  optimizer: Optimizer,
  {
    variables,
    initialScale = 65536,
    growthInterval = 2000,
  }: { variables: readonly Variable[]; initialScale?: number; growthInterval?: number },
): LossScaling {
  const [scale, goodSteps] = tidy(() => [
    variable(scalar(initialScale), false) as Variable & Scalar,
    variable(scalar(0), false) as Variable & Scalar,
  ]);
  const changed = [...variables, ...optimizer.state];
  return {
    scale,
    state: [...optimizer.state, scale, goodSteps],
    apply: (grads, learningRates) =>
      tidy(() => {
        const isFinite = allFinite(grads);
        const before = changed.map((variable) => variable.clone());
        optimizer.apply(grads, learningRates);
        changed.forEach((variable, i) => variable.assign(where(isFinite, variable, before[i])));
        const steps = add<Scalar>(goodSteps, 1);
        const grows = equal(steps, growthInterval);
        const grown = where<Scalar>(grows, mul<Scalar>(scale, 2), scale);
        scale.assign(where<Scalar>(isFinite, grown, mul<Scalar>(scale, 0.5)));
        goodSteps.assign(where<Scalar>(isFinite, where(grows, scalar(0), steps), scalar(0)));
      }),
  };
}
