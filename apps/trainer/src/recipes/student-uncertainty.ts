import { disparityUncertainty } from '@segsde/active-learning';
import { dropoutNoise, randomAt, seedFor } from '../data/draws.ts';
import { openLoader } from '../data/loader.ts';
import { disparitiesTensor, disposeTensors, imagesTensor } from '../data/to-tensors.ts';
import { depthNetwork } from '../networks/depth-network.ts';
import { disposeNetwork } from '../networks/dispose-network.ts';
import type { StageContext } from '../run/stage.ts';
import { disparityRegressionStep } from '../steps/disparity-regression-step.ts';
import { predictDisparity } from '../steps/predict-disparity.ts';
import { createOptimizer, rateTensors, scaledRates } from '../training/optimizer.ts';
import { train } from '../training/train.ts';
import { predictEach } from './predict-each.ts';
import type { Candidates, Scores, SelectionInputs } from './selection.ts';

/**
 * How badly a student that has seen only the labelled frames reproduces the depth teacher's
 * disparity of each frame (docs/method.md, sections 5.2 and 5.3).
 */
export async function studentUncertainty(
  context: StageContext,
  { seed, precision, data, model, selection }: SelectionInputs,
  { ref, dataset, pool, labelled, disparity }: Candidates & { labelled: readonly number[] },
): Promise<Scores<Float32Array>> {
  const { engine } = context;
  const { iterations, batchSize, learningRate, maskBottom, ...options } = selection.student;
  const load = { height: data.height, width: data.width, disparity };
  const purpose = `selection student ${labelled.length}`;

  const student = depthNetwork({ model, scales: [0], seed, purpose: 'selection student' });
  const groups = [{ name: 'all', variables: student.variables }];
  const { optimizer, mixedPrecision } = createOptimizer(options.optimizer, groups, precision);
  const schedule = options.schedule.create({ iterations });
  const step = disparityRegressionStep({ student, optimizer }, { engine, mixedPrecision, maskBottom });
  const loader = await openLoader(
    ref,
    {
      ...{ indices: labelled, labelled: [], batchSize, flip: options.flip, crop: options.crop, load },
      seed: seedFor(seed, purpose),
    },
    context,
  );

  await train(context, {
    ...{ title: `student of ${labelled.length} frames`, iterations, checkpointEvery: iterations },
    checkpoint: `student-${labelled.length}.safetensors`,
    networks: { encoder: student.encoder, depth: student.decoder },
    ...{ optimizer, loaders: [loader], steps: [step] },
    batchSizes: { 'selection.student.batchSize': batchSize },
    step: async (iteration) => {
      const samples = await loader.at(iteration);
      const random = randomAt(seed, purpose, iteration);
      const rates = scaledRates({ all: learningRate }, schedule(iteration));
      const image = imagesTensor(samples, samples.images);
      const batch = {
        image,
        disparity: disparitiesTensor(samples),
        dropoutNoise: dropoutNoise(student, { imageShape: image.shape, random }),
        learningRates: rateTensors(rates),
      };
      return { step, batch, rates, dispose: () => disposeTensors(batch) };
    },
  });

  const predict = predictDisparity(student, context);
  const uncertainty: number[] = [];
  await predictEach(
    context,
    {
      title: 'uncertainty',
      indices: pool,
      load: (index) => dataset.load(index, load),
      predict: { disparity: predict },
    },
    (sample, { disparity: { data, shape } }) => {
      const size = { height: shape[0], width: shape[1] };
      uncertainty.push(disparityUncertainty(data, sample.disparity!.data, size));
    },
  );
  await predict.dispose();
  disposeNetwork(student);
  return {
    values: Float32Array.from(uncertainty),
    engines: { 'disparity-regression-step': step.engine, 'predict-disparity': predict.engine },
  };
}
