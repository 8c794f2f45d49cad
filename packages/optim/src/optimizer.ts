import type { NamedTensorMap, Scalar, Variable } from '@tensorflow/tfjs-core';

/** Variables that share a learning rate. */
export interface ParameterGroup {
  name: string;
  variables: Variable[];
}

export interface Optimizer {
  /**
   * What the loss is to be multiplied by before it is differentiated: the `scale` of
   * {@link valueAndGradients}. Absent: nothing.
   */
  readonly scale?: Variable & Scalar;
  /**
   * What it remembers from step to step, in an order that only the groups decide. Save and restore
   * it with the weights.
   */
  readonly state: Variable[];
  /**
   * Takes one step. Variables without a gradient stay as they are, and so does what is remembered
   * of them.
   *
   * @param grads by variable name, each of the variable's shape
   * @param learningRates by group name, scalars
   * @throws if a group has no learning rate
   */
  apply(grads: NamedTensorMap, learningRates: Record<string, Scalar>): void;
}
