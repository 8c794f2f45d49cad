import { scalar, variable, type Rank, type Variable } from '@tensorflow/tfjs-core';
import { globalNorm, type Optimizer } from '@segsde/optim';

/** The same optimiser, and a variable that has the norm of the gradients of its last step. */
export function withGradientNorm(optimizer: Optimizer): { optimizer: Optimizer; norm: Variable<Rank.R0> } {
  const norm = variable(scalar(0), false) as Variable<Rank.R0>;
  return {
    norm,
    optimizer: {
      state: optimizer.state,
      apply(grads, learningRates) {
        norm.assign(globalNorm(grads));
        optimizer.apply(grads, learningRates);
      },
    },
  };
}
