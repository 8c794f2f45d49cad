import type { Scalar } from '@tensorflow/tfjs-core';

/** One optimiser step that is about to be taken. */
export interface StepCall {
  /** A function that `jit` has made. */
  step: { series(batches: readonly object[]): Promise<Record<string, Scalar>[]> };
  batch: object;
  /** The learning rate of each parameter group, for the record. */
  rates?: Record<string, number>;
  /** What has to happen right before, once all earlier steps are taken. */
  before?(): void;
  /** Frees what the batch was made of. */
  dispose(): void;
}
