import { engine } from '@tensorflow/tfjs-core';
import { optimizerSettings } from './optimizer-settings.ts';
import type { Trace } from './trace.ts';

/**
 * Whether what a trace takes for granted still holds: its tensors and variables exist, its
 * optimisers have the settings that they had.
 */
export function isCurrent({ states, captured, optimizers }: Trace): boolean {
  const { tensorInfo } = engine().state;
  return (
    states.every(({ variable }) => !variable.isDisposed) &&
    captured.every((dataId) => tensorInfo.has(dataId)) &&
    optimizers.every(({ optimizer, settings }) => optimizerSettings(optimizer) === settings)
  );
}
