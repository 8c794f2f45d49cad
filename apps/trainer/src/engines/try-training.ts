import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import { type Engine, jit } from '@segsde/jit';
import { findEngine } from '@segsde/native-engines';
import {
  conv2d,
  enableProdMode,
  mean,
  mul,
  type Scalar,
  square,
  sub,
  type Tensor4D,
  tensor4d,
  variable,
  variableGrads,
} from '@tensorflow/tfjs-core';
import { UserError } from '../files/user-error.ts';

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
  step.dispose();
  image.dispose();
  filter.dispose();
  return seen;
}

/** Relative. CUDA cards compute products with TF32, which keeps 10 bits of each factor. */
const toleranceOf = (engine: Engine): number =>
  engine === 'onnx-cuda' || (engine === 'tensorflow' && findEngine(engine)?.gpu) ? 1e-3 : 1e-4;

/**
 * Trains a small convolution through `jit` and compares with the same steps on TensorFlow.js's JavaScript backend.
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
