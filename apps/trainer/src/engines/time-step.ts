import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import type { Engine } from '@segsde/jit';
import { crossEntropy } from '@segsde/losses';
import { jointSegmentationDecoder, resnetEncoder } from '@segsde/models';
import { sgd } from '@segsde/optim';
import { enableProdMode, scalar, tensor3d, tensor4d } from '@tensorflow/tfjs-core';
import type { SegmentationNetwork } from '../steps/segmentation-network.ts';
import { supervisedStep } from '../steps/supervised-step.ts';
import { stepsTogether } from './steps-together.ts';

const [BATCH, HEIGHT, WIDTH, CLASSES] = [2, 64, 128, 4];
/** Steps that compile, allocate and fill caches. */
const WARM_UP = 2;
const STEPS = 7;
/** Milliseconds after which a slow engine has shown enough. */
const ENOUGH = 3000;

const PIXELS = BATCH * HEIGHT * WIDTH;

/**
 * Trains a ResNet-18 with a narrow U-Net for a few steps of 2 images of 64 x 128.
 *
 * @returns milliseconds of a step (median), and the losses of the first two steps, the same for every engine that computes right
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
  while (times.length < STEPS && (times.length <= WARM_UP || performance.now() - begin < ENOUGH)) {
    const count = times.length < WARM_UP ? 1 : stepsTogether(engine);
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
