import type { Scalar, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import { jit } from '@segsde/jit';
import { valueAndGradients, type Optimizer } from '@segsde/optim';
import type { SegmentationLoss } from '../parts/loss.ts';
import type { DropoutNoise } from './dropout-noise.ts';
import { gradientBound } from './gradient-bound.ts';
import type { SegmentationNetwork } from './segmentation-network.ts';
import type { StepEngine } from './step-engine.ts';
import { unitRange } from './unit-range.ts';

export interface LabelledBatch {
  /** `[batch, height, width, 3]`, float32 in 0..1, or int32 in 0..255. */
  image: Tensor4D;
  /** int32 trainIds `[batch, height, width]`, 255 = ignore. */
  label: Tensor3D;
  dropoutNoise: DropoutNoise;
}

export interface SupervisedBatch {
  labelled: LabelledBatch;
  /** One rate for each parameter group of the optimiser. */
  learningRates: Record<string, Scalar>;
}

export interface SupervisedStepOptions extends StepEngine {
  loss: SegmentationLoss;
  /** Bound of the gradients' global norm; null: none. */
  clipNorm: number | null;
}

/** One iteration on labelled images only (METHOD 4.1 without its unlabelled branch). */
export function supervisedStep(
  { student, optimizer }: { student: SegmentationNetwork; optimizer: Optimizer },
  { loss, clipNorm, engine, mixedPrecision }: SupervisedStepOptions,
) {
  const bounded = gradientBound(clipNorm);
  return jit(
    ({ labelled: { image, label, dropoutNoise }, learningRates }: SupervisedBatch) => {
      const { losses, grads } = valueAndGradients(
        student.variables,
        () => ({ supervised: loss(student.segment(unitRange(image), { training: true, dropoutNoise }), label) }),
        optimizer,
      );
      optimizer.apply(bounded(grads), learningRates);
      return losses;
    },
    { engine, mixedPrecision, name: 'supervised-step' },
  );
}
