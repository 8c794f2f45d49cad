import type { Scalar, Tensor4D } from '@tensorflow/tfjs-core';
import { jit } from '@segsde/jit';
import { berHuLoss } from '@segsde/losses';
import { valueAndGradients, type Optimizer } from '@segsde/optim';
import type { DisparityNetwork } from './disparity-network.ts';
import type { DropoutNoise } from './dropout-noise.ts';
import type { StepEngine } from './step-engine.ts';
import { unitRange } from './unit-range.ts';

export interface DisparityRegressionBatch {
  /** `[batch, height, width, 3]`, float32 in 0..1, or int32 in 0..255. */
  image: Tensor4D;
  /** The depth teacher's disparity `[batch, height, width, 1]`, 0..1 over each whole image. */
  disparity: Tensor4D;
  dropoutNoise: DropoutNoise;
  learningRates: Record<string, Scalar>;
}

/** One iteration of the student that learns the depth teacher's disparity from the selected images alone (METHOD 5.2). */
export function disparityRegressionStep(
  { student, optimizer }: { student: DisparityNetwork; optimizer: Optimizer },
  { engine, mixedPrecision, maskBottom = 0 }: StepEngine & { maskBottom?: number },
) {
  return jit(
    ({ image, disparity, dropoutNoise, learningRates }: DisparityRegressionBatch) => {
      const predicted = () => student.disparities(unitRange(image), { training: true, dropoutNoise })[0];
      const { losses, grads } = valueAndGradients(
        student.variables,
        () => ({ disparity: berHuLoss(predicted(), disparity, { maskBottom }) }),
        optimizer,
      );
      optimizer.apply(grads, learningRates);
      return losses;
    },
    { engine, mixedPrecision, name: 'disparity-regression-step' },
  );
}
