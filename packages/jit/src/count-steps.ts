import { Optimizer } from '@tensorflow/tfjs-core';
import type { Trace } from './trace.ts';

/**
 * Counts the steps that a run has taken where TensorFlow.js's optimisers keep them:
 * `optimizer.iterations`, saved with their weights.
 */
export function countSteps(steps: Trace['optimizers']): void {
  for (const { optimizer } of steps) Optimizer.prototype['incrementIterations'].call(optimizer);
}
