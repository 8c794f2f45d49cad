import { join } from 'node:path';
import { dispose } from '@tensorflow/tfjs-core';
import type { Engine } from '@segsde/jit';
import { saveWeights } from '@segsde/models';
import type { DepthConfig } from '../config/schema.ts';
import { lookUp } from '../registry/registries.ts';
import { runIterations } from '../run/iterations.ts';
import type { Stage, StageContext } from '../run/stage.ts';
import { depthStep } from '../steps/depth-step.ts';
import { disposeBatch } from './batches/dispose-batch.ts';
import { sampleCameras, snippetTensors, targetPyramid } from './batches/depth-batch.ts';
import { dropoutNoise } from './batches/dropout.ts';
import { jitterTensor } from './batches/jitter-tensor.ts';
import { learningRates } from './batches/learning-rates.ts';
import { normalNoise } from './batches/normal-noise.ts';
import { randomAt, seedFor } from './batches/random-at.ts';
import { openSamples } from './batches/open-samples.ts';
import { dataPlace } from './data/data-place.ts';
import { openPlace } from './data/open-place.ts';
import { photometricRatio } from './depth/photometric-ratio.ts';
import { trueDepthErrors, type TrueDepthErrors } from './depth/true-depth-errors.ts';
import { depthNetwork, type DepthNetwork } from './networks/depth-network.ts';
import { motionNetwork, type MotionNetworkParts } from './networks/motion-network.ts';
import { lossFor } from './loss-for.ts';
import { trainingOptimizer } from './networks/training-optimizer.ts';
import { trainingState } from './networks/training-state.ts';

export interface DepthResult {
  /** Photometric error of warped validation neighbours over that of unwarped ones. */
  photometricRatio: number;
  /** Where the true depth of the validation frames is known. */
  errors: TrueDepthErrors | null;
  engines: Record<string, Engine>;
}

export interface DepthNetworks {
  depth: DepthNetwork;
  motion: MotionNetworkParts;
}

/** Learns depth and the camera's motion from unlabelled video (METHOD 3), and measures how well. */
export function depthStage({ scenes }: { scenes: Stage | undefined }): Stage<DepthResult> {
  return {
    name: 'depth',
    title: 'learn depth from video',
    needs: scenes ? [scenes] : [],
    inputs: ({ seed, engine, precision, data, model: { encoder, decoder, pose }, depth }) => ({
      ...{ seed, engine, precision, data, depth },
      model: { encoder, decoder, pose },
    }),
    async run(context) {
      const { scales } = context.config.depth!;
      const networks: DepthNetworks = {
        depth: depthNetwork(context, { purpose: 'depth network', scales }),
        motion: motionNetwork(context),
      };
      const engine = await learn(context, { ...networks, scenes });
      await saveWeights(networks.depth.encoder, join(context.folder, 'encoder.safetensors'));
      await saveWeights(networks.depth.decoder, join(context.folder, 'depth.safetensors'));
      await saveWeights(networks.motion.network, join(context.folder, 'pose.safetensors'));

      const photometric = await photometricRatio(context, { ...networks, scenes });
      const errors = await trueDepthErrors(context, { network: networks.depth, scenes });
      return {
        photometricRatio: photometric.ratio,
        errors,
        engines: { 'depth-step': engine, 'photometric-step': photometric.engine },
      };
    },
  };
}

async function learn(
  context: StageContext,
  { depth, motion, scenes }: DepthNetworks & { scenes: Stage | undefined },
): Promise<Engine> {
  const { config, registries, engine } = context;
  const options = config.depth!;
  const { iterations, batchSize, neighbours, scales } = options;
  const data = options.data ?? config.data;
  const [height, width] = options.crop ?? [data.height, data.width];

  const { optimizer, mixedPrecision } = trainingOptimizer(context, options.optimizer, [
    { name: 'encoder', variables: depth.encoder.variables },
    { name: 'decoder', variables: depth.decoder.variables },
    { name: 'pose', variables: motion.variables },
  ]);
  const schedule = lookUp(registries, 'schedule', options.schedule.name).create(options.schedule, { iterations });
  const stepWith = (choice: DepthConfig['loss']) => {
    const loss = lossFor(context, 'depth', choice);
    const { clipNorm } = options;
    return depthStep({ depth, motion, optimizer }, { neighbours, loss, clipNorm, engine, mixedPrecision });
  };
  const step = stepWith(options.loss);
  const early = stepWith({ ...options.loss, automask: false });
  const place = dataPlace(context, data, { split: data.split, scenes });
  const dataset = await openPlace(registries, place);
  const samples = openSamples(
    context,
    { dataset, place },
    {
      ...{ indices: [...dataset.ids.keys()], labelled: [], batchSize, flip: options.flip, crop: options.crop },
      seed: seedFor(config.seed, 'depth samples'),
      load: { height: data.height, width: data.width, neighbours },
    },
  );
  const tieBreakNoise = normalNoise([neighbours.length, 1, 1, height, width], randomAt(config.seed, 'tie break', 0));

  try {
    await runIterations(context, {
      ...{ title: 'depth', iterations, checkpointEvery: options.checkpointEvery },
      batchSizes: { 'depth.batchSize': batchSize },
      state: trainingState({ encoder: depth.encoder, depth: depth.decoder, pose: motion.network }, optimizer),
      step: async (iteration) => {
        const items = await samples.at(iteration);
        const random = randomAt(config.seed, 'depth draws', iteration);
        const frames = snippetTensors(items);
        const batch = {
          frames,
          jitter: jitterTensor(random, { batch: batchSize, probability: options.colorJitter }),
          targetPyramid: targetPyramid(items, scales),
          ...sampleCameras(items),
          dropoutNoise: dropoutNoise(depth, { imageShape: frames.target.shape, random }),
          learningRates: learningRates(options.learningRates, schedule(iteration)),
        };
        return {
          step: iteration < options.automaskFrom ? early : step,
          batch: { ...batch, tieBreakNoise },
          dispose: () => disposeBatch(batch),
        };
      },
    });
  } finally {
    await samples.close();
  }
  tieBreakNoise.dispose();
  step.dispose();
  early.dispose();
  dispose(optimizer.state);
  return step.engine;
}
