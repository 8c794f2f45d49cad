import type { ClassInfo, Dataset } from '@segsde/data-loaders';
import { splitLabelled } from '@segsde/data-loaders';
import type { Engine } from '@segsde/jit';
import type { Config, TrainConfig, Variant } from '../config/schema.ts';
import { type DatasetRef, datasetRef, openDataset } from '../data/dataset.ts';
import { dropoutNoise, randomAt, seedFor } from '../data/draws.ts';
import { openLoader } from '../data/loader.ts';
import { disposeTensors, imagesTensor, labelsTensor } from '../data/to-tensors.ts';
import { disposeNetwork } from '../networks/dispose-network.ts';
import {
  saveSegmentation,
  segmentationNetwork,
  type SegmentationNetworkParts,
  startFromDepth,
} from '../networks/segmentation-network.ts';
import { defineStage, type Stage, type StageContext } from '../run/stage.ts';
import type { LabelledBatch } from '../steps/labelled-batch.ts';
import { supervisedStep } from '../steps/supervised-step.ts';
import { createOptimizer, rateTensors, scaledRates } from '../training/optimizer.ts';
import { train as runTraining } from '../training/train.ts';
import { classWeights } from './class-weights.ts';
import type { SelectionResult } from './selection.ts';
import { openUnlabelledBranch } from './unlabelled-branch.ts';

export interface SegmentationResult {
  /** Number of labelled frames it learnt from. */
  labels: number;
  /** What it tells apart, so that it can be used without the data set. */
  classes: ClassInfo[];
  engines: Record<string, Engine>;
}

/** What a training of segmentation depends on, whichever frames it learns from. */
export interface SegmentationInputs extends Pick<Config, 'seed' | 'precision' | 'data' | 'model'> {
  train: Omit<TrainConfig, 'variants'>;
}

export const segmentationInputs = ({ seed, precision, data, model, train }: Config): SegmentationInputs => {
  const { variants: _variants, ...training } = train;
  return { seed, precision, data, model, train: training };
};

export interface SegmentationNeeds {
  scenes: Stage | undefined;
  depth: Stage | undefined;
  disparity: Stage | undefined;
  selection: Stage<SelectionResult>;
}

/**
 * Trains one variant of `train.variants`. Leaves `student.encoder.safetensors` and its siblings in
 * its folder.
 */
export function segmentationStage(variant: Variant, needs: SegmentationNeeds): Stage<SegmentationResult> {
  const { scenes, depth, disparity, selection } = needs;
  return defineStage({
    name: `segmentation/${variant.name}`,
    title: `train ${variant.name}`,
    needs: [scenes, depth, disparity, selection].filter((stage) => stage !== undefined),
    inputs: (config) => ({ ...segmentationInputs(config), engine: config.engine, variant }),
    async run(context, { variant, ...inputs }): Promise<SegmentationResult> {
      const { folder, folderOf } = context;
      const { random, selected } = context.done(selection).result;
      const ref = datasetRef(inputs.data, { split: inputs.data.split, scenes: scenes && folderOf(scenes) });
      const dataset = await openDataset(ref);
      const { labelled } = splitLabelled(dataset, variant.labels === 'random' ? random : selected!);
      const { student, teacher, engines } = await trainSegmentation(context, inputs, {
        ...{ ref, dataset, labelled, variant, title: variant.name, iterations: inputs.train.iterations },
        depth: depth && folderOf(depth),
        disparity: disparity && folderOf(disparity),
      });
      for (const [which, network] of Object.entries({ student, ...(teacher && { teacher }) })) {
        await saveSegmentation(network, { folder, which: which as 'student' | 'teacher' });
        disposeNetwork(network);
      }
      return { labels: labelled.length, classes: dataset.classes, engines };
    },
  });
}

export interface TrainSegmentationOptions {
  ref: DatasetRef;
  /** The opened `ref`. */
  dataset: Dataset;
  /** Positions in the dataset of the frames whose labels may be used. */
  labelled: readonly number[];
  variant: Pick<Variant, 'init' | 'unlabelled'>;
  iterations: number;
  title: string;
  checkpoint?: string;
  /** Folders of the stages that learnt depth and exported it. */
  depth?: string;
  disparity?: string;
}

export interface TrainedSegmentation {
  student: SegmentationNetworkParts;
  /** Null when only labels were learnt from. */
  teacher: SegmentationNetworkParts | null;
  engines: Record<string, Engine>;
}

/**
 * Trains a segmentation on some labelled frames and, if the variant says so, on mixtures of the
 * others (docs/method.md, section 4).
 */
export async function trainSegmentation(
  context: StageContext,
  inputs: SegmentationInputs,
  { ref, dataset, labelled, variant, iterations, title, checkpoint, depth, disparity }: TrainSegmentationOptions,
): Promise<TrainedSegmentation> {
  const { engine } = context;
  const { seed, precision, data, model, train } = inputs;
  const classes = dataset.classes.length;
  const size = { height: data.height, width: data.width };

  const student = segmentationNetwork({ model, classes, seed });
  if (variant.init === 'depth') {
    await startFromDepth(student, { folder: depth!, decoderName: model.segmentation.name });
  }
  const groups = [
    { name: 'encoder', variables: student.encoder.variables },
    { name: 'decoder', variables: student.decoder.variables },
  ];
  const { optimizer, mixedPrecision } = createOptimizer(train.optimizer, groups, precision);
  const schedule = train.schedule.create({ iterations });
  const weights =
    train.classBalance > 0
      ? classWeights(await countClasses(dataset, { labelled, size }), { balance: train.classBalance })
      : null;
  const loss = train.loss.create({ classWeights: weights });
  const stepOptions = { loss, clipNorm: train.clipNorm, engine, mixedPrecision };

  const choice = { labelled, flip: train.flip, crop: train.crop };
  const loader = await openLoader(
    ref,
    {
      ...{ ...choice, indices: labelled, load: size, batchSize: train.batchSize },
      seed: seedFor(seed, 'labelled samples'),
    },
    context,
  );
  const labelledBatch = async (iteration: number): Promise<LabelledBatch> => {
    const samples = await loader.at(iteration);
    const image = imagesTensor(samples, samples.images);
    const random = randomAt(seed, 'labelled draws', iteration);
    const noise = dropoutNoise(student, { imageShape: image.shape, random });
    return { image, label: labelsTensor(samples), dropoutNoise: noise };
  };

  const labelsOnly = supervisedStep({ student, optimizer }, stepOptions);
  const branch =
    variant.unlabelled &&
    (await openUnlabelledBranch(context, inputs, {
      ...{ ref, dataset, labelled, student, optimizer, stepOptions, disparity, classWeights: weights },
      options: variant.unlabelled,
    }));
  const { teacher } = branch ?? {};

  await runTraining(context, {
    ...{ title, iterations, checkpoint, checkpointEvery: train.checkpointEvery },
    networks: {
      'student.encoder': student.encoder,
      'student.decoder': student.decoder,
      ...(teacher && { 'teacher.encoder': teacher.encoder, 'teacher.decoder': teacher.decoder }),
    },
    ...{ optimizer, loaders: [loader, ...(branch ? [branch.loader] : [])] },
    steps: [labelsOnly, ...(branch ? [branch.compiled] : [])],
    batchSizes: {
      'train.batchSize': train.batchSize,
      ...(branch && { 'train.unlabelledBatchSize': train.unlabelledBatchSize }),
    },
    step: async (iteration) => {
      const rates = scaledRates(train.learningRates, schedule(iteration));
      const batch = { labelled: await labelledBatch(iteration), learningRates: rateTensors(rates) };
      if (branch && iteration >= branch.startIteration) return { ...(await branch.step(batch, iteration)), rates };
      return { step: labelsOnly, batch, rates, dispose: () => disposeTensors(batch) };
    },
  });

  return {
    student,
    teacher: teacher ?? null,
    engines: {
      ...((!branch || branch.startIteration > 0) && { 'supervised-step': labelsOnly.engine }),
      ...(branch && { 'segsde-step': branch.compiled.engine }),
    },
  };
}

/** How many pixels of the labelled frames each class has, at the size that is learnt from. */
async function countClasses(
  dataset: Dataset,
  { labelled, size }: { labelled: readonly number[]; size: { height: number; width: number } },
): Promise<Float64Array> {
  const counts = new Float64Array(dataset.classes.length);
  for (const index of labelled) {
    const { label } = await dataset.load(index, { ...size, label: true });
    for (const trainId of label!.data) if (trainId < counts.length) counts[trainId]++;
  }
  return counts;
}
