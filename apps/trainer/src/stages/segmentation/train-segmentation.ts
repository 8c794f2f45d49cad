import { dispose } from '@tensorflow/tfjs-core';
import type { Dataset } from '@segsde/data-loaders';
import type { Engine } from '@segsde/jit';
import type { Variant } from '../../config/schema.ts';
import { lookUp } from '../../registry/registries.ts';
import { runIterations } from '../../run/iterations.ts';
import type { Stage, StageContext } from '../../run/stage.ts';
import { supervisedStep } from '../../steps/supervised-step.ts';
import { disposeBatch } from '../batches/dispose-batch.ts';
import { labelledBatch } from '../batches/labelled-batch.ts';
import { learningRates } from '../batches/learning-rates.ts';
import { openSamples } from '../batches/open-samples.ts';
import { randomAt, seedFor } from '../batches/random-at.ts';
import { dataPlace } from '../data/data-place.ts';
import { lossFor } from '../loss-for.ts';
import { segmentationNetwork, type SegmentationNetworkParts } from '../networks/segmentation-network.ts';
import { trainingOptimizer } from '../networks/training-optimizer.ts';
import { trainingState } from '../networks/training-state.ts';
import { classWeights } from './class-weights.ts';
import { mixtures } from './mixtures.ts';
import { startFromDepth } from './start-from-depth.ts';

export interface TrainSegmentationOptions {
  dataset: Dataset;
  /** Positions in the dataset of the frames whose labels may be used. */
  labelled: number[];
  variant: Pick<Variant, 'init' | 'unlabelled'>;
  iterations: number;
  scenes: Stage | undefined;
  depth: Stage | undefined;
  disparity: Stage | undefined;
  title: string;
  checkpoint?: string;
}

export interface TrainedSegmentation {
  student: SegmentationNetworkParts;
  /** Null when only labels were learnt from. */
  teacher: SegmentationNetworkParts | null;
  engines: Record<string, Engine>;
}

/** Trains a segmentation on some labelled frames and, if the variant says so, on mixtures of the others (METHOD 4). */
export async function trainSegmentation(
  context: StageContext,
  { dataset, labelled, variant, iterations, scenes, depth, disparity, title, checkpoint }: TrainSegmentationOptions,
): Promise<TrainedSegmentation> {
  const { config, registries, engine } = context;
  const { seed, data, train } = config;

  const student = segmentationNetwork(context, { classes: dataset.classes.length });
  if (variant.init === 'depth') await startFromDepth(context, { student, depth });
  const { optimizer, mixedPrecision } = trainingOptimizer(context, train.optimizer, [
    { name: 'encoder', variables: student.encoder.variables },
    { name: 'decoder', variables: student.decoder.variables },
  ]);
  const schedule = lookUp(registries, 'schedule', train.schedule.name).create(train.schedule, { iterations });
  const { flip, crop } = train;
  const load = { height: data.height, width: data.width };
  const labels = () =>
    Promise.all(labelled.map(async (index) => (await dataset.load(index, { ...load, label: true })).label!.data));
  const weights =
    train.classBalance > 0
      ? classWeights(await labels(), { classes: dataset.classes.length, balance: train.classBalance })
      : null;
  const loss = lossFor(context, 'segmentation', train.loss, weights);
  const stepOptions = { loss, clipNorm: train.clipNorm, engine, mixedPrecision };

  const sampleData = { dataset, place: dataPlace(context, data, { split: data.split, scenes }) };
  const samples = openSamples(context, sampleData, {
    ...{ indices: labelled, labelled, flip, crop, load, batchSize: train.batchSize },
    seed: seedFor(seed, 'labelled samples'),
  });
  const supervisedBatch = async (iteration: number) => ({
    labelled: labelledBatch(await samples.at(iteration), {
      student,
      random: randomAt(seed, 'labelled draws', iteration),
    }),
    learningRates: learningRates(train.learningRates, schedule(iteration)),
  });

  const labelsOnly = supervisedStep({ student, optimizer }, stepOptions);
  const mixed =
    variant.unlabelled &&
    mixtures(context, {
      ...{ sampleData, labelled, student, optimizer, stepOptions, disparity },
      options: variant.unlabelled,
    });

  try {
    await runIterations(context, {
      ...{ title, iterations, checkpoint, checkpointEvery: train.checkpointEvery },
      batchSizes: {
        'train.batchSize': train.batchSize,
        ...(mixed && { 'train.unlabelledBatchSize': train.unlabelledBatchSize }),
      },
      state: trainingState(
        {
          'student.encoder': student.encoder,
          'student.decoder': student.decoder,
          ...(mixed && { 'teacher.encoder': mixed.teacher.encoder, 'teacher.decoder': mixed.teacher.decoder }),
        },
        optimizer,
      ),
      step: async (iteration) => {
        const batch = await supervisedBatch(iteration);
        if (mixed && iteration >= mixed.startIteration) return mixed.step(batch, iteration);
        return { step: labelsOnly, batch, dispose: () => disposeBatch(batch) };
      },
    });
  } finally {
    await Promise.all([samples.close(), mixed?.samples.close()]);
  }

  labelsOnly.dispose();
  mixed?.dispose();
  dispose(optimizer.state);
  return {
    student,
    teacher: mixed && mixed.teacher,
    engines: {
      ...((!mixed || mixed.startIteration > 0) && { 'supervised-step': labelsOnly.engine }),
      ...(mixed && { 'segsde-step': mixed.engine }),
    },
  };
}
