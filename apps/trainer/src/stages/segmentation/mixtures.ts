import { scalar } from '@tensorflow/tfjs-core';
import type { Engine } from '@segsde/jit';
import { copyWeights } from '@segsde/models';
import { emaDecay, type Optimizer } from '@segsde/optim';
import type { UnlabelledConfig } from '../../config/schema.ts';
import { lookUp } from '../../registry/registries.ts';
import type { Stage, StageContext } from '../../run/stage.ts';
import type { StepCall } from '../../run/step-call.ts';
import { segsdeStep } from '../../steps/segsde-step.ts';
import type { SupervisedBatch, SupervisedStepOptions } from '../../steps/supervised-step.ts';
import { disposeBatch } from '../batches/dispose-batch.ts';
import { openSamples, type SampleData } from '../batches/open-samples.ts';
import type { Samples } from '../batches/samples-from-thread.ts';
import { randomAt, seedFor } from '../batches/random-at.ts';
import { unlabelledBatch } from '../batches/unlabelled-batch.ts';
import { lossFor } from '../loss-for.ts';
import { segmentationNetwork, type SegmentationNetworkParts } from '../networks/segmentation-network.ts';
import { withShare } from './with-share.ts';

export interface MixturesOptions {
  options: UnlabelledConfig;
  stepOptions: SupervisedStepOptions;
  sampleData: SampleData;
  labelled: number[];
  student: SegmentationNetworkParts;
  optimizer: Optimizer;
  disparity: Stage | undefined;
}

/** The part of a training that learns from frames without labels (METHOD 4.4). */
export interface Mixtures {
  teacher: SegmentationNetworkParts;
  startIteration: number;
  engine: Engine;
  /** One step on a labelled batch, which it disposes, and on the mixed frames of this iteration. */
  step(supervised: SupervisedBatch, iteration: number): Promise<StepCall>;
  /** To be closed when no more steps are wanted. */
  samples: Samples;
  dispose(): void;
}

export function mixtures(
  context: StageContext,
  { options, stepOptions, sampleData, labelled, student, optimizer, disparity }: MixturesOptions,
): Mixtures {
  const { config, registries } = context;
  const { seed, data, train } = config;
  const { dataset } = sampleData;
  const classes = dataset.classes.length;
  const { startIteration, weight } = options;
  const mixing = lookUp(registries, 'mixing', options.mixing.name);
  if (mixing.usesDisparity && !disparity) throw new Error(`mixing rule "${mixing.name}" needs disparity`);

  const isLabelled = new Set(labelled);
  const frames = [...dataset.ids.keys()].filter((index) => options.frames === 'all' || !isLabelled.has(index));
  const samples = openSamples(context, sampleData, {
    indices: withShare(frames, { of: isLabelled, share: options.labelledShare }),
    labelled: options.useLabels ? labelled : [],
    ...{ flip: train.flip, crop: train.crop, batchSize: train.unlabelledBatchSize },
    load: {
      ...{ height: data.height, width: data.width },
      ...(mixing.usesDisparity && disparity && { disparity: context.folderOf(disparity) }),
    },
    seed: seedFor(seed, 'unlabelled samples'),
  });

  const teacher = segmentationNetwork(context, { classes });
  const step = segsdeStep(
    { student, teacher, optimizer },
    {
      ...stepOptions,
      consistencyLoss: lossFor(context, 'consistency', options.loss),
      mixingMask: (inputs) => mixing.mask(options.mixing, inputs),
    },
  );

  return {
    teacher,
    startIteration,
    engine: step.engine,
    async step(supervised, iteration) {
      const copyToTeacher = () => {
        copyWeights(student.encoder, teacher.encoder);
        copyWeights(student.decoder, teacher.decoder);
      };
      const random = randomAt(seed, 'unlabelled draws', iteration);
      const batch = {
        ...supervised,
        unlabelled: unlabelledBatch(await samples.at(iteration), {
          options,
          mixing,
          classes,
          student,
          teacher,
          random,
        }),
        consistencyWeight: scalar(weight),
        emaDecay: scalar(emaDecay(iteration - startIteration + 1, train.teacherDecay)),
      };
      return {
        ...{ step, batch, dispose: () => disposeBatch(batch) },
        ...(iteration === startIteration && { before: copyToTeacher }),
      };
    },
    samples,
    dispose: () => step.dispose(),
  };
}
