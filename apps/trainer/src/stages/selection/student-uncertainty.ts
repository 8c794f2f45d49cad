import { disparityUncertainty } from '@segsde/active-learning';
import { dispose } from '@tensorflow/tfjs-core';
import type { Dataset } from '@segsde/data-loaders';
import { lookUp } from '../../registry/registries.ts';
import { runIterations } from '../../run/iterations.ts';
import type { StageContext } from '../../run/stage.ts';
import { disparityRegressionStep } from '../../steps/disparity-regression-step.ts';
import { predictDisparity } from '../../steps/predict-disparity.ts';
import { disparitiesTensor, imagesTensor } from '../batches/batch-tensors.ts';
import { disposeBatch } from '../batches/dispose-batch.ts';
import { dropoutNoise } from '../batches/dropout.ts';
import { learningRates } from '../batches/learning-rates.ts';
import { openSamples } from '../batches/open-samples.ts';
import { randomAt, seedFor } from '../batches/random-at.ts';
import { imageTensor } from '../batches/tensors.ts';
import { dataPlace } from '../data/data-place.ts';
import { inBatches } from '../data/in-batches.ts';
import { depthNetwork } from '../networks/depth-network.ts';
import { trainingOptimizer } from '../networks/training-optimizer.ts';
import { trainingState } from '../networks/training-state.ts';
import type { Scores, SelectionNeeds } from '../selection.ts';

/**
 * How badly a student that has seen only the chosen frames reproduces the depth teacher's disparity of each frame (METHOD 5.2, 5.3).
 */
export async function studentUncertainty(
  context: StageContext,
  { dataset, chosen, scenes, disparity }: SelectionNeeds & { dataset: Dataset; chosen: number[] },
): Promise<Scores<Float32Array>> {
  if (!disparity) throw new Error("uncertainty compares with the depth teacher's disparity, and there is none");
  const { config, registries, engine, signal } = context;
  const { data, selection } = config;
  const { iterations, batchSize, ...options } = selection.student;
  const loadOptions = { height: data.height, width: data.width, disparity: context.folderOf(disparity) };

  const student = depthNetwork(context, { purpose: 'selection student', scales: [0] });
  const { optimizer, mixedPrecision } = trainingOptimizer(context, options.optimizer, [
    { name: 'all', variables: student.variables },
  ]);
  const schedule = lookUp(registries, 'schedule', options.schedule.name).create(options.schedule, { iterations });
  const step = disparityRegressionStep({ student, optimizer }, { engine, mixedPrecision });
  const purpose = `selection student ${chosen.length}`;
  const place = dataPlace(context, data, { split: data.split, scenes });
  const samples = openSamples(
    context,
    { dataset, place },
    {
      ...{ indices: chosen, labelled: [], batchSize, flip: options.flip, crop: options.crop },
      ...{ load: loadOptions, seed: seedFor(config.seed, purpose) },
    },
  );

  try {
    await runIterations(context, {
      title: `student of ${chosen.length} frames`,
      ...{ iterations, checkpointEvery: iterations },
      batchSizes: { 'selection.student.batchSize': batchSize },
      checkpoint: `student-${chosen.length}.safetensors`,
      state: trainingState({ encoder: student.encoder, depth: student.decoder }, optimizer),
      step: async (iteration) => {
        const items = await samples.at(iteration);
        const image = imagesTensor(items, items.images);
        const random = randomAt(config.seed, purpose, iteration);
        const batch = {
          image,
          disparity: disparitiesTensor(items),
          dropoutNoise: dropoutNoise(student, { imageShape: image.shape, random }),
          learningRates: learningRates({ all: options.learningRate }, schedule(iteration)),
        };
        return { step, batch, dispose: () => disposeBatch(batch) };
      },
    });
  } finally {
    await samples.close();
  }

  const predict = predictDisparity(student, { engine });
  const progress = context.progress('uncertainty', dataset.ids.length);
  const load = (index: number) => dataset.load(index, loadOptions);
  const uncertainty = new Float32Array(dataset.ids.length);
  const pixels = data.height * data.width;
  for await (const { start, samples: items, filled } of inBatches(dataset.ids.length, { batchSize: 4, load })) {
    signal.throwIfAborted();
    const image = imageTensor(filled.map((item) => item.image));
    const predicted = await predict(image);
    const values = await predicted.data<'float32'>();
    items.forEach((item, i) => {
      const map = values.subarray(i * pixels, (i + 1) * pixels);
      uncertainty[start + i] = disparityUncertainty(map, item.disparity!.data, {
        ...{ height: data.height, width: data.width },
      });
    });
    dispose([image, predicted]);
    progress.update(start + items.length);
  }
  progress.done();
  step.dispose();
  predict.dispose();
  student.encoder.dispose();
  student.decoder.dispose();
  dispose(optimizer.state);
  return {
    values: uncertainty,
    engines: { 'disparity-regression-step': step.engine, 'predict-disparity': predict.engine },
  };
}
