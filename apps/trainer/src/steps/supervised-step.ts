import type { Scalar } from '@tensorflow/tfjs-core';
import { jit } from '@segsde/jit';
import type { Optimizer } from '@segsde/optim';
import { gradientBound } from './gradient-bound.ts';
import type { LabelledBatch } from './labelled-batch.ts';
import type { SegmentationLoss } from './loss-functions.ts';
import type { SegmentationNetwork } from './segmentation-network.ts';
import type { StepEngine } from './step-engine.ts';
import { supervisedGradients } from './supervised-gradients.ts';

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

/**
 * One iteration on labelled images only (docs/method.md, section 4.1 without its unlabelled
 * branch).
 */
export function supervisedStep(
  networks: { student: SegmentationNetwork; optimizer: Optimizer },
  { loss, clipNorm, engine, mixedPrecision }: SupervisedStepOptions,
) {
  const bounded = gradientBound(clipNorm);
  return jit(
    ({ labelled, learningRates }: SupervisedBatch) => {
      const { losses, grads } = supervisedGradients(networks, labelled, loss);
      networks.optimizer.apply(bounded(grads), learningRates);
      return losses;
    },
    { engine, mixedPrecision, name: 'supervised-step' },
  );
}
