import { dispose, variable, zeros, type Tensor, type Variable } from '@tensorflow/tfjs-core';
import { globalNorm, type Optimizer } from '@segsde/optim';

/** Keeps values that a compiled step computes on its way and does not return. */
export interface Recorder {
  /** What was recorded last, by name. */
  readonly values: ReadonlyMap<string, Variable>;
  /** For networks, losses and optimisers that a step is given: called while it is traced. */
  record(name: string, value: Tensor): void;
  dispose(): void;
}

export function recorder(): Recorder {
  const values = new Map<string, Variable>();
  return {
    values,
    record(name, value) {
      // It begins with zeros, because a compiled step computes the first value of a variable
      // beforehand.
      const kept = values.get(name) ?? variable(zeros(value.shape, value.dtype), false);
      values.set(name, kept);
      kept.assign(value);
    },
    dispose: () => dispose([...values.values()]),
  };
}

const PREFIX = 'gradient of ';

/** The optimiser, recording the gradients that it gets and their norm as `grad_norm`. */
export const recordingOptimizer = (optimizer: Optimizer, { record }: Pick<Recorder, 'record'>): Optimizer => ({
  ...optimizer,
  apply(grads, learningRates) {
    for (const [name, gradient] of Object.entries(grads)) record(PREFIX + name, gradient);
    record('grad_norm', globalNorm(grads));
    optimizer.apply(grads, learningRates);
  },
});

/** The gradients that {@link recordingOptimizer} has seen last, by variable name. */
export const recordedGradients = ({ values }: Pick<Recorder, 'values'>): Record<string, Tensor> =>
  Object.fromEntries(
    [...values].flatMap(([name, value]) => (name.startsWith(PREFIX) ? [[name.slice(PREFIX.length), value]] : [])),
  );
