import type { JitOptions } from '@segsde/jit';
import { lossScaling, type Optimizer } from '@segsde/optim';
import type { Variable } from '@tensorflow/tfjs-core';
import type { Config } from '../../config/schema.ts';

/**
 * What the config's `precision` means for a training step: in which numbers its convolutions compute, and an optimiser that takes their gradients.
 *
 * @param variables all that the optimiser may change
 */
export function inPrecision(
  { precision }: Pick<Config, 'precision'>,
  optimizer: Optimizer,
  variables: readonly Variable[],
): { optimizer: Optimizer; mixedPrecision: JitOptions['mixedPrecision'] } {
  if (precision === 'float32') return { optimizer, mixedPrecision: undefined };
  // bfloat16 has the range of float32: no gradient is too small for it.
  if (precision === 'bfloat16') return { optimizer, mixedPrecision: precision };
  return { optimizer: lossScaling(optimizer, { variables }), mixedPrecision: precision };
}
