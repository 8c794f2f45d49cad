import { add, avgPool, clipByValue, enableProdMode, randomNormal, scalar, tensor3d } from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { drawColorJitter } from '@segsde/augmentation';
import { monodepthLossFused, type MonodepthInputs, type MonodepthLoss } from '@segsde/losses';
import { depthDecoder, poseNetwork, resnetEncoder, toStateDict } from '@segsde/models';
import { adam } from '@segsde/optim';
import { renderSnippet } from '@segsde/scenes';
import { cameraTensors, depthStep, imageTensor, bytesToUnitRange, type DepthBatch } from '@segsde/trainer/steps';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { StepEngine } from '@segsde/trainer/steps';
import { storedTensors } from '../harness/stored-tensors.ts';
import { trainingWork } from '../harness/training-work.ts';
import type { Work } from '../harness/work.ts';

const [HEIGHT, WIDTH] = [128, 256];
/** Of rendered street video: one of each makes the batch. */
const PLACES = [1, 2];
const BATCH = PLACES.length;
const NEIGHBOURS = [-1, 1];
const SCALES = [0, 1, 2, 3];
/**
 * Small, so that rounding does not grow: with 1e-5 PyTorch's own two layouts differ in the
 * gradients' norm by 2e-3 after five steps.
 */
const LEARNING_RATE = 1e-6;
const SEED = 1;
/**
 * Standard deviation of noise as a camera has it. Without, the errors of rendered surfaces are the
 * same for both neighbours, and rounding decides which of them the gradient goes to.
 */
const GRAIN = 0.02;

/**
 * Learning depth and motion from one batch of three frames each, always the same, by the trainer's
 * own step.
 *
 * @param loss what is learnt from; by default what the trainer uses
 */
export function depthWork(
  { engine, mixedPrecision }: StepEngine,
  loss: (inputs: MonodepthInputs) => MonodepthLoss = (inputs) => monodepthLossFused(inputs),
): Work {
  enableProdMode();
  const encoder = resnetEncoder({ depth: 18, seed: SEED });
  const decoder = depthDecoder({ encoderChannels: encoder.channels, scales: SCALES, seed: SEED });
  const pose = poseNetwork({ seed: SEED });

  const snippets = PLACES.map((place) => renderSnippet(place, { width: WIDTH, height: HEIGHT, frames: 3 }));
  const [before, target, after] = [0, 1, 2].map((time) => {
    const image = bytesToUnitRange(imageTensor(snippets.map((frames) => frames[time].image)));
    return clipByValue(add<Tensor4D>(image, randomNormal(image.shape, 0, GRAIN, 'float32', SEED + time)), 0, 1);
  });
  const random = xoroshiro128plus(SEED);
  const batch: DepthBatch = {
    frames: { target, sources: [before, after] },
    targetPyramid: Object.fromEntries(SCALES.map((scale) => [scale, avgPool(target, 2 ** scale, 2 ** scale, 'valid')])),
    jitter: tensor3d(
      drawColorJitter(() => uniformFloat64(random), { batch: BATCH, probability: 1 }),
      [BATCH, 7, 3],
    ),
    ...cameraTensors(snippets.map(([{ intrinsics }]) => intrinsics)),
    tieBreakNoise: randomNormal([NEIGHBOURS.length, 1, 1, HEIGHT, WIDTH], 0, 1, 'float32', SEED),
    dropoutNoise: {},
    learningRates: { all: scalar(LEARNING_RATE) },
  };

  const networks = {
    depth: {
      disparities: (image: Tensor4D, mode: object) => decoder.apply(encoder.apply(image, mode), mode).disparities,
      features: (image: Tensor4D, mode: object) => decoder.apply(encoder.apply(image, mode), mode).features,
      variables: [...encoder.variables, ...decoder.variables],
    },
    motion: { motion: pose.apply, variables: pose.variables },
  };
  const variables = [...networks.depth.variables, ...networks.motion.variables];
  return {
    ...trainingWork(batch, adam([{ name: 'all', variables }]), (optimizer) =>
      depthStep({ ...networks, optimizer }, { neighbours: NEIGHBOURS, loss, clipNorm: null, engine, mixedPrecision }),
    ),
    beginning: async () =>
      new Map([
        ...(await toStateDict(encoder, { prefix: 'encoder.' })),
        ...(await toStateDict(decoder, { prefix: 'depth.' })),
        ...(await toStateDict(pose, { prefix: 'pose.' })),
        ...(await storedTensors({
          target,
          'source.0': before,
          'source.1': after,
          ...Object.fromEntries(SCALES.map((scale) => [`pyramid.${scale}`, batch.targetPyramid[scale]])),
          jitter: batch.jitter,
          noise: batch.tieBreakNoise,
          intrinsics: batch.intrinsics,
          inverseIntrinsics: batch.inverseIntrinsics,
          learningRate: batch.learningRates.all,
        })),
      ]),
  };
}
