import type { Scalar, Tensor4D } from '@tensorflow/tfjs-core';
import { jit } from '@segsde/jit';
import { berHuLoss } from '@segsde/losses';
import { valueAndGradients, type Optimizer } from '@segsde/optim';
import { bytesToUnitRange } from './bytes-to-unit-range.ts';
import type { DisparityNetwork } from './disparity-network.ts';
import type { DropoutNoise } from './dropout-noise.ts';
import type { StepEngine } from './step-engine.ts';

export interface DisparityRegressionBatch {
  /** `[batch, height, width, 3]`, float32 in 0..1, or int32 in 0..255. */
  image: Tensor4D;
  /** The depth teacher's disparity `[batch, height, width, 1]`, 0..1 over each whole image. */
  disparity: Tensor4D;
  dropoutNoise: DropoutNoise;
  learningRates: Record<string, Scalar>;
}

export interface DisparityRegressionOptions extends StepEngine {
  /**
   * Share of the rows, from the bottom, that are not learnt (the own car's bonnet): those from
   * int((1 − maskBottom) · height) on weigh 0. Default 0.
   */
  maskBottom?: number;
}

/**
 * One iteration of the student that learns the depth teacher's disparity from the selected images
 * alone (docs/method.md, section 5.2).
 */
export function disparityRegressionStep(
  { student, optimizer }: { student: DisparityNetwork; optimizer: Optimizer },
  { maskBottom = 0, engine, mixedPrecision }: DisparityRegressionOptions,
) {
  return jit(
    ({ image, disparity, dropoutNoise, learningRates }: DisparityRegressionBatch) => {
      const images = bytesToUnitRange(image);
      const { losses, grads } = valueAndGradients(
        student.variables,
        () => {
          const predicted = student.disparities(images, { training: true, dropoutNoise })[0];
          return { disparity: berHuLoss(predicted, disparity, { maskBottom }) };
        },
        optimizer,
      );
      optimizer.apply(grads, learningRates);
      return losses;
    },
    { engine, mixedPrecision, name: 'disparity-regression-step' },
  );
}
