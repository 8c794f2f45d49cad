import type { Scalar } from '@tensorflow/tfjs-core';
import type { Jitted } from '@segsde/jit';
import type { Optimizer } from '@segsde/optim';
import { withGradientNorm } from './with-gradient-norm.ts';
import type { Work } from './work.ts';

/**
 * The steps of a training run on one batch, always the same.
 *
 * @param stepWith makes the step that trains with an optimiser; it gives the terms of the loss. It
 *   is called twice: the norm of the gradients costs extra.
 */
export function trainingWork<Batch>(
  batch: Batch,
  optimizer: Optimizer,
  stepWith: (optimizer: Optimizer) => Jitted<Batch, Record<string, Scalar>>,
): Pick<Work, 'step' | 'series' | 'checkedStep'> {
  const watched = withGradientNorm(optimizer);
  const train = stepWith(optimizer);
  const trainAndWatch = stepWith(watched.optimizer);
  const numbers = (losses: Record<string, Scalar>) =>
    Object.fromEntries(
      Object.entries(losses).map(([name, loss]) => {
        const [value] = loss.dataSync();
        loss.dispose();
        return [name, value];
      }),
    );
  return {
    step: async () => numbers(await train(batch)),
    ...(train.engine === 'onnx-cuda' && {
      series: async (count) => (await train.series(new Array<Batch>(count).fill(batch))).map(numbers),
    }),
    checkedStep: async () => ({
      ...numbers(await trainAndWatch(batch)),
      gradientNorm: watched.norm.dataSync()[0],
    }),
  };
}
