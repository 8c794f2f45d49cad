import type { Tensor } from '@tensorflow/tfjs-core';
import { clipByGlobalNorm } from '@segsde/optim';

type Gradients = Record<string, Tensor>;

/**
 * What a step does to its gradients before the optimiser sees them: bound their global L2 norm, or
 * nothing if there is no bound.
 */
export function gradientBound(clipNorm: number | null): (gradients: Gradients) => Gradients {
  return clipNorm === null ? (gradients) => gradients : (gradients) => clipByGlobalNorm(gradients, clipNorm);
}
