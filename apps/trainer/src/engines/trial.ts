import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import { type Engine, engines, jit } from '@segsde/jit';
import { crossEntropy } from '@segsde/losses';
import { jointSegmentationDecoder, resnetEncoder } from '@segsde/models';
import { sgd } from '@segsde/optim';
import {
  conv2d,
  enableProdMode,
  mean,
  mul,
  scalar,
  type Scalar,
  square,
  sub,
  tensor3d,
  type Tensor4D,
  tensor4d,
  variable,
  variableGrads,
} from '@tensorflow/tfjs-core';
import { UserError } from '../files/user-error.ts';
import type { SegmentationNetwork } from '../steps/segmentation-network.ts';
import { supervisedStep } from '../steps/supervised-step.ts';

const STEPS = 20;
const SIDE = 8;
const CHANNELS = 16;
const LEARNING_RATE = 0.1;

const waves = (length: number, pace: number) => Float32Array.from({ length }, (_, i) => Math.sin(pace * (i + 1)) / 4);

/** The losses of a 3x3 convolution that learns to give zero. */
async function losses(engine: Engine, steps: number): Promise<number[]> {
  const image = tensor4d(waves(SIDE * SIDE * CHANNELS, 0.7), [1, SIDE, SIDE, CHANNELS]);
  const filter = variable(tensor4d(waves(9 * CHANNELS * CHANNELS, 1.3), [3, 3, CHANNELS, CHANNELS]));
  const step = jit(
    ({ image }: { image: Tensor4D }) => {
      const loss = () => mean<Scalar>(square(conv2d(image, filter as Tensor4D, 1, 'same')));
      const { value, grads } = variableGrads(loss, [filter]);
      filter.assign(sub(filter, mul(grads[filter.name], LEARNING_RATE)));
      return { loss: value };
    },
    { engine },
  );
  const seen: number[] = [];
  for (let i = 0; i < steps; i++) {
    const { loss } = await step({ image });
    seen.push((await loss.data())[0]);
    loss.dispose();
  }
  await step.dispose();
  image.dispose();
  filter.dispose();
  return seen;
}

/** Relative. CUDA cards compute products with TF32, which keeps 10 bits of each factor. */
const toleranceOf = (engine: Engine): number =>
  engines[engine].installable && engines[engine].device() === 'gpu' ? 1e-3 : 1e-4;

/**
 * Trains a small convolution through `jit` and compares with the same steps on TensorFlow.js's
 * JavaScript backend.
 *
 * @returns loss before training and after it
 * @throws UserError if the values differ; whatever the engine throws, if it does not run
 */
export async function tryTraining(engine: Engine): Promise<{ first: number; last: number }> {
  enableProdMode();
  const expected = await losses('eager', STEPS);
  const seen = await losses(engine, STEPS);
  const tolerance = toleranceOf(engine);
  const wrong = seen.findIndex((loss, i) => !(Math.abs(loss - expected[i]) <= tolerance * expected[i]));
  if (wrong >= 0) {
    throw new UserError(
      `engine ${engine}: the loss of step ${wrong + 1} is ${seen[wrong]}, it should be ${expected[wrong]}. Do not train with it; reinstall it`,
    );
  }
  return { first: seen[0], last: seen[STEPS - 1] };
}

const [BATCH, HEIGHT, WIDTH, CLASSES] = [2, 64, 128, 4];
/** Steps that compile, allocate and fill caches. */
const WARM_UP = 2;
const TIMED_STEPS = 7;
/** Milliseconds after which a slow engine has shown enough. */
const ENOUGH = 3000;

const PIXELS = BATCH * HEIGHT * WIDTH;

/**
 * Trains a ResNet-18 with a narrow U-Net for a few steps of 2 images of 64 x 128.
 *
 * @returns milliseconds of a step (median), and the losses of the first two steps, the same for
 *   every engine that computes right
 */
export async function timeStep(engine: Engine): Promise<{ milliseconds: number; losses: number[] }> {
  enableProdMode();
  const encoder = resnetEncoder({ depth: 18, seed: 1 });
  const decoder = jointSegmentationDecoder({
    ...{ encoderChannels: encoder.channels, channels: [16, 32, 32, 64, 64], classes: CLASSES, seed: 1 },
    ...{ batchNorm: true, headInter: false },
  });
  const student: SegmentationNetwork = {
    segment: (image, mode) => decoder.apply(encoder.apply(image, mode), mode),
    variables: [...encoder.variables, ...decoder.variables],
  };
  const optimizer = sgd([{ name: 'all', variables: student.variables }], { momentum: 0.9 });
  const step = supervisedStep({ student, optimizer }, { loss: crossEntropy, clipNorm: null, engine });
  const image = Float32Array.from({ length: PIXELS * 3 }, (_, i) => 0.5 + Math.sin(0.37 * i) / 2);
  const label = Int32Array.from({ length: PIXELS }, (_, i) => (i >> 4) % CLASSES);
  const batch = {
    labelled: {
      image: tensor4d(image, [BATCH, HEIGHT, WIDTH, 3]),
      label: tensor3d(label, [BATCH, HEIGHT, WIDTH], 'int32'),
      dropoutNoise: {},
    },
    learningRates: { all: scalar(0.001) },
  };
  const times: number[] = [];
  const losses: number[] = [];
  const begin = performance.now();
  while (times.length < TIMED_STEPS && (times.length <= WARM_UP || performance.now() - begin < ENOUGH)) {
    const count = times.length < WARM_UP ? 1 : engines[engine].callsTogether(1);
    const start = performance.now();
    for (const { supervised } of await step.series(new Array<typeof batch>(count).fill(batch))) {
      losses.push((await supervised.data())[0]);
      supervised.dispose();
    }
    times.push((performance.now() - start) / count);
  }
  await step.dispose();
  const timed = times.slice(WARM_UP).sort((a, b) => a - b);
  return { milliseconds: timed[timed.length >> 1], losses: losses.slice(0, WARM_UP) };
}
