import type { NamedTensorMap, Scalar, Variable } from '@tensorflow/tfjs-core';

/** Variables that share a learning rate. */
export interface ParameterGroup {
  name: string;
  variables: Variable[];
}

export interface Optimizer {
  /** What it remembers from step to step, in an order that only the groups decide; named `<variable>/<slot>`. Save and restore it with the weights. */
  readonly state: Variable[];
  /**
   * Takes one step. Variables without a gradient stay as they are, and so does what is remembered of them.
   *
   * @param grads by variable name
   * @param learningRates by group name
   * @throws if a group has no learning rate
   */
  apply(grads: NamedTensorMap, learningRates: Record<string, Scalar>): void;
}
