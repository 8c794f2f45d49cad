import { add, enableProdMode, mul, randomUniform, sub, sum, tidy } from '@tensorflow/tfjs-core';
import type { Rank, Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { jit } from '@segsde/jit';
import { depthDecoder, drawDropoutNoise, toStateDict } from '@segsde/models';
import type { StepEngine } from '@segsde/trainer/steps';
import { storedTensors } from '../harness/stored-tensors.ts';
import type { Work } from '../harness/work.ts';
import { segmentationParts } from '../segsde/segmentation-parts.ts';

const [HEIGHT, WIDTH, CLASSES] = [256, 512, 19];
const CHANNELS = [64, 64, 128, 128, 256];
const SEED = 1;
/** What remains of the old value in running statistics after a training pass. */
const KEPT = 0.9;

type Maps = { logits: Tensor4D; disparity: Tensor4D };

/** The greatest difference, as a share of the greatest value of `expected`. */
function difference(values: ArrayLike<number>, expected: ArrayLike<number>): number {
  let [most, greatest] = [0, 0];
  for (let i = 0; i < expected.length; i++) {
    most = Math.max(most, Math.abs(values[i] - expected[i]));
    greatest = Math.max(greatest, Math.abs(expected[i]));
  }
  return most / greatest;
}

/**
 * Classes and disparity of one image, by networks that share an encoder. A checked step gives 1
 * plus the difference from what we gave at first.
 */
export async function inferenceWork({ engine, mixedPrecision }: StepEngine): Promise<Work> {
  enableProdMode();
  const segmentation = segmentationParts({ depth: 50, channels: CHANNELS, classes: CLASSES, seed: SEED });
  const { encoder, decoder } = segmentation;
  const depth = depthDecoder({
    ...{ encoderChannels: encoder.channels, channels: CHANNELS, aspp: { rates: [6, 12, 18] } },
    ...{ batchNorm: true, scales: [0], seed: SEED },
  });
  const networks = [encoder, decoder, depth];

  await normalizeAsTrained();
  const infer = jit(
    (image: Tensor4D): Maps => {
      const features = encoder.apply(image);
      return { logits: decoder.apply(features), disparity: depth.apply(features).disparities[0] };
    },
    { engine, mixedPrecision, name: 'inference' },
  );
  const image = randomUniform<Rank.R4>([1, HEIGHT, WIDTH, 3], 0, 1, 'float32', SEED);

  /**
   * Untrained networks have running statistics that say nothing: those of one batch take their
   * place.
   */
  async function normalizeAsTrained(): Promise<void> {
    const batch: Tensor4D = randomUniform<Rank.R4>([2, 64, 128, 3], 0, 1, 'float32', SEED);
    const noise = drawDropoutNoise([...decoder.dropoutSites, ...depth.dropoutSites], {
      featureShapes: encoder.featureShapes(batch.shape),
      random: () => 1,
    });
    const of = ({ dropoutSites }: Pick<typeof decoder, 'dropoutSites'>, given: Record<string, Tensor>) =>
      Object.fromEntries(dropoutSites.map(({ name }) => [name, given[name]]));
    const pass = jit(
      ({ batch, noise }: { batch: Tensor4D; noise: Record<string, Tensor> }) => {
        const features = encoder.apply(batch, { training: true });
        const logits = decoder.apply(features, { training: true, dropoutNoise: of(decoder, noise) });
        const { disparities } = depth.apply(features, { training: true, dropoutNoise: of(depth, noise) });
        return add(sum(logits), sum(disparities[0]));
      },
      { engine, name: 'training pass' },
    );
    (await pass({ batch, noise })).dispose();
    await pass.dispose();
    tidy(() => {
      for (const [name, variable] of networks.flatMap(({ stateDict }) => [...stateDict])) {
        const start = name.endsWith('.running_mean') ? 0 : name.endsWith('.running_var') ? 1 : undefined;
        if (start !== undefined) variable.assign(mul(sub(variable, KEPT * start), 1 / (1 - KEPT)));
      }
    });
  }

  const run = async () => {
    const maps = await infer(image);
    const [logits, disparity] = [maps.logits.dataSync(), maps.disparity.dataSync()];
    maps.logits.dispose();
    maps.disparity.dispose();
    return { logits, disparity };
  };
  let first: Awaited<ReturnType<typeof run>> | undefined;
  return {
    async step() {
      const { disparity } = await run();
      return { disparityInTheMiddle: disparity[disparity.length / 2 + WIDTH / 2] };
    },
    async checkedStep() {
      first ??= await run();
      const { logits, disparity } = await run();
      return {
        logits: 1 + difference(logits, first.logits),
        disparity: 1 + difference(disparity, first.disparity),
        disparityInTheMiddle: disparity[disparity.length / 2 + WIDTH / 2],
      };
    },
    async beginning() {
      first = await run();
      return new Map([
        ...(await segmentation.weights('')),
        ...(await toStateDict(depth, { prefix: 'depth.' })),
        ...(await storedTensors({ image })),
        ['expected.logits', { dtype: 'F32', shape: [1, HEIGHT, WIDTH, CLASSES], data: first.logits as Float32Array }],
        ['expected.disparity', { dtype: 'F32', shape: [1, HEIGHT, WIDTH, 1], data: first.disparity as Float32Array }],
      ]);
    },
  };
}
