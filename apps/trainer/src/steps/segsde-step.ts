import { add, type Scalar } from '@tensorflow/tfjs-core';
import { jit } from '@segsde/jit';
import { addGradients, emaUpdate, type Optimizer } from '@segsde/optim';
import { consistencyGradients } from './consistency-gradients.ts';
import { gradientBound } from './gradient-bound.ts';
import type { ConsistencyLoss } from './loss-functions.ts';
import { mixUnlabelled, type MixUnlabelledOptions } from './mix-unlabelled.ts';
import type { SegmentationNetwork } from './segmentation-network.ts';
import { supervisedGradients } from './supervised-gradients.ts';
import type { SupervisedBatch, SupervisedStepOptions } from './supervised-step.ts';
import type { UnlabelledBatch } from './unlabelled-batch.ts';

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

export interface SegsdeStepOptions extends SupervisedStepOptions, MixUnlabelledOptions {
  consistencyLoss: ConsistencyLoss;
}

/**
 * One SegSDE iteration (docs/method.md, section 4.1): learn from labels, learn from mixed pseudo
 * labels, let the teacher follow.
 *
 * With `teacherBatchNorm: 'running'` the teacher's running statistics follow the student's by the
 * same moving average as its weights.
 *
 * @throws if `teacherBatchNorm` is `'running'` and a network does not say what its `buffers` are
 */
export function segsdeStep(
  { student, teacher, optimizer }: SegsdeNetworks,
  { loss, consistencyLoss, mixingMask, teacherBatchNorm, clipNorm, engine, mixedPrecision }: SegsdeStepOptions,
) {
  const bounded = gradientBound(clipNorm);
  const [leading, following] = [student, teacher].map((network) =>
    teacherBatchNorm === 'running' ? [...network.variables, ...buffersOf(network)] : network.variables,
  );
  return jit(
    ({ labelled, unlabelled, learningRates, consistencyWeight, emaDecay }: SegsdeBatch) => {
      const mixed = mixUnlabelled(teacher, unlabelled, { mixingMask, teacherBatchNorm });

      // One after the other: what the first term's gradients need of its forward pass is free
      // before the second begins.
      const supervised = supervisedGradients({ student, optimizer }, labelled, loss);
      const consistency = consistencyGradients({ student, optimizer }, mixed, {
        consistencyLoss,
        weight: consistencyWeight,
        dropoutNoise: unlabelled.studentDropoutNoise,
      });

      optimizer.apply(bounded(addGradients(supervised.grads, consistency.grads)), learningRates);
      emaUpdate(following, leading, emaDecay);
      return {
        ...{ ...supervised.losses, ...consistency.losses },
        total: add<Scalar>(supervised.losses.total, consistency.losses.total),
      };
    },
    { engine, mixedPrecision, name: 'segsde-step' },
  );
}

function buffersOf({ buffers }: SegmentationNetwork) {
  if (buffers) return buffers;
  throw new Error(
    "segsdeStep: with teacherBatchNorm 'running' the teacher's running statistics follow the student's. Give both networks their `buffers`.",
  );
}
