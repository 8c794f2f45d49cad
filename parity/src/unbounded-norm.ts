import { dispose, tensor, type Scalar, type Variable } from '@tensorflow/tfjs-core';
import type { Optimizer } from '@segsde/optim';
import { recorder, recordingOptimizer } from './recorder.ts';

/** A step as `jit` returns it. */
type Step<Batch> = ((batch: Batch) => Promise<Record<string, Scalar>>) & { dispose(): Promise<void> };

/** Takes a step with gradients of any size and learns nothing from it. */
export interface UnboundedNorm<Batch> {
  /** The norm that the gradients have before a bound cuts them. */
  of(batch: Batch): Promise<number>;
  dispose(): Promise<void>;
}

/**
 * Measures how large gradients are before a step bounds them, with the step itself: made without a
 * bound, and with an optimiser that moves nothing.
 *
 * @param stepWith makes the step without a bound on its gradients
 * @param buffers running statistics that the step moves; they are put back
 */
export function unboundedNorm<Batch>(
  stepWith: (optimizer: Optimizer) => Step<Batch>,
  buffers: readonly Variable[],
): UnboundedNorm<Batch> {
  const recorded = recorder();
  const step = stepWith(recordingOptimizer({ state: [], apply: () => undefined }, recorded));
  return {
    async of(batch) {
      const before = await Promise.all(buffers.map(async (buffer) => (await buffer.data()).slice()));
      dispose(await step(batch));
      buffers.forEach((buffer, i) => {
        const values = tensor(before[i], buffer.shape);
        buffer.assign(values);
        values.dispose();
      });
      return (await recorded.values.get('grad_norm')!.data())[0];
    },
    async dispose() {
      await step.dispose();
      recorded.dispose();
    },
  };
}
