import {
  add,
  argMax,
  mul,
  oneHot,
  softmax,
  sub,
  zeros,
  type Rank,
  type Scalar,
  type Tensor,
  type Tensor3D,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import { mixPairs, strongAugment, type StrongAugmentation } from '@segsde/augmentation';
import { jit } from '@segsde/jit';
import { addGradients, emaUpdate, valueAndGradients, type Optimizer } from '@segsde/optim';
import type { ConsistencyLoss } from '../parts/loss.ts';
import type { MixingInputs } from '../parts/mixing.ts';
import type { DropoutNoise } from './dropout-noise.ts';
import { gradientBound } from './gradient-bound.ts';
import type { SegmentationNetwork } from './segmentation-network.ts';
import type { SupervisedBatch, SupervisedStepOptions } from './supervised-step.ts';
import { unitRange } from './unit-range.ts';

export interface UnlabelledBatch {
  /** `[batch, height, width, 3]`, float32 in 0..1, or int32 in 0..255; each is mixed with the next of the batch. */
  image: Tensor4D;
  /** `[batch, height, width, 1]`, 0..1 over each whole image, larger = closer; absent where no depth was learnt. */
  disparity?: Tensor4D;
  /** int32 trainIds `[batch, height, width]` of the images that `labelKnown` marks; 255 = ignore. */
  label: Tensor3D;
  /** `[batch, 1, 1, 1]`: 1 where the label is to be used instead of the teacher's prediction. */
  labelKnown: Tensor4D;
  mixing: Record<string, Tensor>;
  strong: StrongAugmentation;
  teacherDropoutNoise: DropoutNoise;
  studentDropoutNoise: DropoutNoise;
}

export interface SegsdeBatch extends SupervisedBatch {
  unlabelled: UnlabelledBatch;
  consistencyWeight: Scalar;
  emaDecay: Scalar;
}

export interface SegsdeNetworks {
  student: SegmentationNetwork;
  teacher: SegmentationNetwork;
  optimizer: Optimizer;
}

export interface SegsdeStepOptions extends SupervisedStepOptions {
  consistencyLoss: ConsistencyLoss;
  /** `[batch, height, width, 1]`: 1 keeps an image's own pixel. */
  mixingMask: (inputs: MixingInputs) => Tensor4D;
}

/** One SegSDE iteration (METHOD 4.1): learn from labels, learn from mixed pseudo labels, let the teacher follow. */
export function segsdeStep(
  { student, teacher, optimizer }: SegsdeNetworks,
  { loss, consistencyLoss, mixingMask, clipNorm, engine, mixedPrecision }: SegsdeStepOptions,
) {
  const bounded = gradientBound(clipNorm);
  return jit(
    ({ labelled, unlabelled, learningRates, consistencyWeight, emaDecay }: SegsdeBatch) => {
      const { label, labelKnown, mixing, strong } = unlabelled;
      const image = unitRange(unlabelled.image);
      const [batch, height, width] = image.shape;
      const disparity = unlabelled.disparity ?? zeros<Rank.R4>([batch, height, width, 1]);
      const predicted = softmax(
        teacher.segment(image, { training: true, dropoutNoise: unlabelled.teacherDropoutNoise }),
      );
      const known = oneHot(label, predicted.shape[3]) as Tensor4D;
      const pseudoLabels = add<Tensor4D>(mul(predicted, sub(1, labelKnown)), mul(known, labelKnown));

      const mask = mixingMask({ disparity, labels: argMax<Tensor3D>(pseudoLabels, -1), draws: mixing });
      const mixedImage = strongAugment(mixPairs(image, mask), strong);
      const mixedLabels = mixPairs(pseudoLabels, mask);

      // One after the other: what the first term's gradients need of its forward pass is free before the second begins.
      const supervised = valueAndGradients(
        student.variables,
        () => ({
          supervised: loss(
            student.segment(unitRange(labelled.image), { training: true, dropoutNoise: labelled.dropoutNoise }),
            labelled.label,
          ),
        }),
        optimizer,
      );
      const consistency = valueAndGradients(
        student.variables,
        () => ({
          consistency: mul<Scalar>(
            consistencyWeight,
            consistencyLoss(
              student.segment(mixedImage, { training: true, dropoutNoise: unlabelled.studentDropoutNoise }),
              mixedLabels,
            ),
          ),
        }),
        optimizer,
      );
      const grads = addGradients(supervised.grads, consistency.grads);
      const losses = {
        ...{ ...supervised.losses, ...consistency.losses },
        total: add<Scalar>(supervised.losses.total, consistency.losses.total),
      };
      optimizer.apply(bounded(grads), learningRates);
      emaUpdate(teacher.variables, student.variables, emaDecay);
      return losses;
    },
    { engine, mixedPrecision, name: 'segsde-step' },
  );
}
