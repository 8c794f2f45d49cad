import { scalar, tensor, tensor4d } from '@tensorflow/tfjs-core';
import type { Dataset } from '@segsde/data-loaders';
import { copyWeights } from '@segsde/models';
import { emaDecay, type Optimizer } from '@segsde/optim';
import type { UnlabelledConfig } from '../config/schema.ts';
import type { SampleBatch } from '../data/collate.ts';
import type { DatasetRef } from '../data/dataset.ts';
import { dropoutNoise, randomAt, seedFor, strongDraws } from '../data/draws.ts';
import { type Loader, openLoader } from '../data/loader.ts';
import { disparitiesTensor, disposeTensors, imagesTensor, labelsTensor } from '../data/to-tensors.ts';
import { segmentationNetwork, type SegmentationNetworkParts } from '../networks/segmentation-network.ts';
import type { StageContext } from '../run/stage.ts';
import { segsdeStep } from '../steps/segsde-step.ts';
import type { SupervisedBatch, SupervisedStepOptions } from '../steps/supervised-step.ts';
import type { UnlabelledBatch } from '../steps/unlabelled-batch.ts';
import type { StepCall } from '../training/step-call.ts';
import { resample } from './resample.ts';
import type { SegmentationInputs } from './segmentation.ts';

export interface UnlabelledBranchOptions {
  options: UnlabelledConfig;
  ref: DatasetRef;
  /** The opened `ref`. */
  dataset: Dataset;
  labelled: readonly number[];
  student: SegmentationNetworkParts;
  optimizer: Optimizer;
  stepOptions: SupervisedStepOptions;
  /** What a pixel of each class weighs in the supervised loss; pseudo labels weigh the same. */
  classWeights: readonly number[] | null;
  /** Folder of the exported disparities. */
  disparity: string | undefined;
}

/** The part of a training that learns from frames without labels (docs/method.md, section 4.4). */
export interface UnlabelledBranch {
  teacher: SegmentationNetworkParts;
  startIteration: number;
  /** The compiled step. */
  compiled: ReturnType<typeof segsdeStep>;
  loader: Loader;
  /** One step on a labelled batch, which it disposes, and on the mixed frames of this iteration. */
  step(supervised: SupervisedBatch, iteration: number): Promise<StepCall>;
}

/** Opens the frames to mix, and compiles the step that learns from them and from labelled ones. */
export async function openUnlabelledBranch(
  context: StageContext,
  { seed, data, model, train }: SegmentationInputs,
  given: UnlabelledBranchOptions,
): Promise<UnlabelledBranch> {
  const { options, ref, dataset, labelled, student, optimizer, stepOptions, classWeights, disparity } = given;
  const { mixing, startIteration, weight } = options;
  const classes = dataset.classes.length;

  const isLabelled = new Set(labelled);
  const frames = [...dataset.ids.keys()].filter((index) => options.frames === 'all' || !isLabelled.has(index));
  const loader = await openLoader(
    ref,
    {
      indices: resample(frames, { of: isLabelled, share: options.labelledShare }),
      labelled: options.useLabels ? labelled : [],
      ...{ flip: train.flip, crop: train.crop, batchSize: train.unlabelledBatchSize },
      load: { height: data.height, width: data.width, ...(mixing.usesDisparity && { disparity }) },
      seed: seedFor(seed, 'unlabelled samples'),
    },
    context,
  );

  const teacher = segmentationNetwork({ model, classes, seed });
  const compiled = segsdeStep(
    { student, teacher, optimizer },
    {
      ...{ ...stepOptions, teacherBatchNorm: train.teacherBatchNorm },
      consistencyLoss: options.loss.create({ classWeights }),
      mixingMask: (inputs) => mixing.mask(inputs),
    },
  );
  const copyToTeacher = () => {
    copyWeights(student.encoder, teacher.encoder);
    copyWeights(student.decoder, teacher.decoder);
  };

  return {
    ...{ teacher, startIteration, compiled, loader },
    async step(supervised, iteration) {
      const random = randomAt(seed, 'unlabelled draws', iteration);
      const samples = await loader.at(iteration);
      const batch = {
        ...supervised,
        unlabelled: unlabelledBatch(samples, { options, classes, student, teacher, random }),
        consistencyWeight: scalar(weight),
        emaDecay: scalar(emaDecay(iteration - startIteration + 1, train.teacherDecay)),
      };
      return {
        ...{ step: compiled, batch, dispose: () => disposeTensors(batch) },
        ...(iteration === startIteration && { before: copyToTeacher }),
      };
    },
  };
}

interface BatchOptions {
  options: UnlabelledConfig;
  classes: number;
  student: SegmentationNetworkParts;
  teacher: SegmentationNetworkParts;
  random: ReturnType<typeof randomAt>;
}

/** Samples to be mixed, and the draws of the mixing rule and the strong augmentation. */
function unlabelledBatch(
  samples: SampleBatch,
  { options, classes, student, teacher, random }: BatchOptions,
): UnlabelledBatch {
  const { batch, height, width } = samples;
  const imageShape: [number, number, number, number] = [batch, height, width, 3];
  const mixingDraws = options.mixing.draw(random, { batch, height, width, classes });
  return {
    image: imagesTensor(samples, samples.images),
    ...(samples.disparities && { disparity: disparitiesTensor(samples) }),
    label: labelsTensor(samples),
    labelKnown: tensor4d(samples.isLabelled.map(Number), [batch, 1, 1, 1]),
    mixing: Object.fromEntries(Object.entries(mixingDraws).map(([name, values]) => [name, tensor(values)])),
    strong: strongDraws(options, { random, batch, height, width }),
    teacherDropoutNoise: dropoutNoise(teacher, { imageShape, random }),
    studentDropoutNoise: dropoutNoise(student, { imageShape, random }),
  };
}
