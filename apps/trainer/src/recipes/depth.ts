import { join } from 'node:path';
import type { Engine } from '@segsde/jit';
import { saveWeights } from '@segsde/models';
import type { Config, DepthConfig } from '../config/schema.ts';
import { datasetRef, openDataset } from '../data/dataset.ts';
import { dropoutNoise, jitterDraws, normalNoise, randomAt, seedFor } from '../data/draws.ts';
import { openLoader } from '../data/loader.ts';
import { disposeTensors, snippetTensors, targetPyramid } from '../data/to-tensors.ts';
import { depthNetwork, type DepthNetwork } from '../networks/depth-network.ts';
import { disposeNetwork } from '../networks/dispose-network.ts';
import { poseNetwork, type TrainablePose } from '../networks/pose-network.ts';
import { defineStage, type Stage, type StageContext } from '../run/stage.ts';
import { depthStep } from '../steps/depth-step.ts';
import { cameraTensors } from '../steps/tensors.ts';
import { createOptimizer, rateTensors, scaledRates } from '../training/optimizer.ts';
import { train } from '../training/train.ts';
import { photometricRatio } from './photometric-ratio.ts';
import { trueDepthErrors, type TrueDepthErrors } from './true-depth-errors.ts';

export interface DepthResult {
  /** Photometric error of warped validation neighbours over that of unwarped ones. */
  photometricRatio: number;
  /** Where the true depth of the validation frames is known. */
  errors: TrueDepthErrors | null;
  engines: Record<string, Engine>;
}

/** What depth and everything that is measured of it depends on. */
export interface DepthInputs extends Pick<Config, 'seed' | 'engine' | 'precision' | 'data'> {
  model: Pick<Config['model'], 'encoder' | 'decoder' | 'pose'>;
  depth: DepthConfig;
}

export interface DepthNetworks {
  depth: DepthNetwork;
  motion: TrainablePose;
}

/**
 * Learns depth and the camera's motion from unlabelled video (docs/method.md, section 3), and
 * measures how well.
 */
export const depthStage = ({ scenes }: { scenes: Stage | undefined }) =>
  defineStage({
    name: 'depth',
    title: 'learn depth from video',
    needs: scenes ? [scenes] : [],
    inputs: ({ seed, engine, precision, data, model: { encoder, decoder, pose }, depth }): DepthInputs => ({
      ...{ seed, engine, precision, data, depth: depth! },
      model: { encoder, decoder, pose },
    }),
    async run(context, inputs): Promise<DepthResult> {
      const { seed, model, depth } = inputs;
      const folder = scenes && context.folderOf(scenes);
      const networks: DepthNetworks = {
        depth: depthNetwork({ model, scales: depth.scales, seed, purpose: 'depth network' }),
        motion: poseNetwork({ pose: model.pose, seed }),
      };
      const engine = await learn(context, inputs, { ...networks, scenes: folder });
      await saveWeights(networks.depth.encoder, join(context.folder, 'encoder.safetensors'));
      await saveWeights(networks.depth.decoder, join(context.folder, 'depth.safetensors'));
      await saveWeights(networks.motion.network, join(context.folder, 'pose.safetensors'));

      const photometric = await photometricRatio(context, inputs, { ...networks, scenes: folder });
      const errors = await trueDepthErrors(context, inputs, { network: networks.depth, scenes: folder });
      disposeNetwork(networks.depth);
      networks.motion.network.dispose();
      return {
        photometricRatio: photometric.ratio,
        errors,
        engines: { 'depth-step': engine, 'photometric-step': photometric.engine },
      };
    },
  });

async function learn(
  context: StageContext,
  { seed, precision, data: labelledData, depth: options }: DepthInputs,
  { depth, motion, scenes }: DepthNetworks & { scenes: string | undefined },
): Promise<Engine> {
  const { engine } = context;
  const { iterations, batchSize, neighbours, scales, clipNorm, minDepth, maxDepth } = options;
  const data = options.data ?? labelledData;
  const [height, width] = options.crop ?? [data.height, data.width];

  const ref = datasetRef(data, { split: data.split, scenes, neighbours });
  const loader = await openLoader(
    ref,
    {
      indices: [...(await openDataset(ref)).ids.keys()],
      ...{ labelled: [], batchSize, flip: options.flip, crop: options.crop },
      seed: seedFor(seed, 'depth samples'),
      load: { height: data.height, width: data.width, neighbours },
    },
    context,
  );

  const groups = [
    { name: 'encoder', variables: depth.encoder.variables },
    { name: 'decoder', variables: depth.decoder.variables },
    { name: 'pose', variables: motion.variables },
  ];
  const { optimizer, mixedPrecision } = createOptimizer(options.optimizer, groups, precision);
  const schedule = options.schedule.create({ iterations });
  const stepWith = (automask: boolean) => {
    const loss = options.loss.create({ minDepth, maxDepth, automask });
    return depthStep({ depth, motion, optimizer }, { neighbours, loss, clipNorm, engine, mixedPrecision });
  };
  const step = stepWith(true);
  const early = options.automaskFrom > 0 ? stepWith(false) : step;

  await train(context, {
    ...{ title: 'depth', iterations, checkpointEvery: options.checkpointEvery },
    networks: { encoder: depth.encoder, depth: depth.decoder, pose: motion.network },
    ...{ optimizer, loaders: [loader], steps: [step, early] },
    batchSizes: { 'depth.batchSize': batchSize },
    step: async (iteration) => {
      const samples = await loader.at(iteration);
      const random = randomAt(seed, 'depth draws', iteration);
      const rates = scaledRates(options.learningRates, schedule(iteration));
      const frames = snippetTensors(samples);
      const batch = {
        frames,
        jitter: jitterDraws(random, { batch: batchSize, probability: options.colorJitter }),
        targetPyramid: targetPyramid(samples, scales),
        ...cameraTensors(samples.intrinsics!),
        dropoutNoise: dropoutNoise(depth, { imageShape: frames.target.shape, random }),
        tieBreakNoise: normalNoise([neighbours.length, 1, 1, height, width], random),
        learningRates: rateTensors(rates),
      };
      const isEarly = iteration < options.automaskFrom;
      return { step: isEarly ? early : step, batch, rates, dispose: () => disposeTensors(batch) };
    },
  });
  return step.engine;
}
