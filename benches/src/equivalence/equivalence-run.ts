import { drawStrongAugmentation } from '@segsde/augmentation';
import type { StoredTensor } from '@segsde/models';
import { emaDecay, polynomialSchedule } from '@segsde/optim';
import { renderScene } from '@segsde/scenes';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { normalizedDisparity } from '../segsde/normalized-disparity.ts';
import type { SegmentationSize } from '../segsde/segmentation-parts.ts';

export const ITERATIONS = 500;
export const THRESHOLD = 0.968;
export const NETWORK: SegmentationSize = {
  ...{ depth: 18, width: 32, channels: [32, 32, 64, 64, 128], classes: 19, seed: 1 },
};

const [HEIGHT, WIDTH] = [64, 128];
const [LABELLED, UNLABELLED, VALIDATION] = [24, 48, 24];
const BATCH = 2;
const LEARNING_RATE = 0.01;
const DROPPED = 0.5;
const SEED = 1;

/**
 * Everything of a training run but the weights, by name. Rendered scenes come first those with
 * labels, then those without, then those to validate on: `image` and `label` as bytes, `disparity`
 * in 0..1 over each image; then, an entry for each iteration, which scenes it takes and what was
 * drawn for it.
 */
export function equivalenceRun(): Map<string, StoredTensor> {
  const count = LABELLED + UNLABELLED + VALIDATION;
  const pixels = HEIGHT * WIDTH;
  const image = new Uint8Array(count * pixels * 3);
  const label = new Uint8Array(count * pixels);
  const disparity = new Float32Array(count * pixels);
  for (let scene = 0; scene < count; scene++) {
    const frame = renderScene(scene, { width: WIDTH, height: HEIGHT });
    image.set(frame.image.data, scene * pixels * 3);
    label.set(frame.label.data, scene * pixels);
    disparity.set(normalizedDisparity(frame.depth), scene * pixels);
  }

  const random = xoroshiro128plus(SEED);
  const uniform = () => uniformFloat64(random);
  const each = (length: number, draw: (at: number) => number) => Float32Array.from({ length }, (_, at) => draw(at));
  const picks = (first: number, available: number) =>
    Int32Array.from({ length: ITERATIONS * BATCH }, () => first + uniformInt(random, 0, available - 1));
  const strong = Array.from({ length: ITERATIONS }, () =>
    drawStrongAugmentation(uniform, { batch: BATCH, height: HEIGHT, width: WIDTH, hue: 0.05 }),
  );
  const joined = (arrays: Float32Array[]) => {
    const all = new Float32Array(arrays.length * arrays[0].length);
    arrays.forEach((values, i) => all.set(values, i * values.length));
    return all;
  };
  const rate = polynomialSchedule({ power: 0.9, maxIterations: ITERATIONS });
  const noiseShape = [3, BATCH, HEIGHT / 32, WIDTH / 32, NETWORK.channels[4]];
  const noiseLength = ITERATIONS * noiseShape.reduce((a, b) => a * b);
  return new Map<string, StoredTensor>([
    ['image', { dtype: 'U8', shape: [count, HEIGHT, WIDTH, 3], data: image }],
    ['label', { dtype: 'U8', shape: [count, HEIGHT, WIDTH], data: label }],
    ['disparity', { dtype: 'F32', shape: [count, HEIGHT, WIDTH, 1], data: disparity }],
    ['labelled', { dtype: 'I32', shape: [ITERATIONS, BATCH], data: picks(0, LABELLED) }],
    ['unlabelled', { dtype: 'I32', shape: [ITERATIONS, BATCH], data: picks(LABELLED, UNLABELLED) }],
    [
      'validation',
      {
        dtype: 'I32',
        shape: [VALIDATION],
        data: Int32Array.from({ length: VALIDATION }, (_, i) => count - VALIDATION + i),
      },
    ],
    ['color', { dtype: 'F32', shape: [ITERATIONS, BATCH, 7, 3], data: joined(strong.map(({ color }) => color)) }],
    ['blur', { dtype: 'F32', shape: [ITERATIONS, 2, 9], data: joined(strong.map(({ blur }) => blur)) }],
    [
      'noise',
      {
        dtype: 'F32',
        shape: [ITERATIONS, ...noiseShape],
        data: each(noiseLength, () => (uniform() < DROPPED ? 0 : 1 / (1 - DROPPED))),
      },
    ],
    ['learningRate', { dtype: 'F32', shape: [ITERATIONS], data: each(ITERATIONS, (at) => LEARNING_RATE * rate(at)) }],
    ['emaDecay', { dtype: 'F32', shape: [ITERATIONS], data: each(ITERATIONS, (at) => emaDecay(at + 1)) }],
    ['threshold', { dtype: 'F32', shape: [1], data: Float32Array.of(THRESHOLD) }],
  ]);
}
