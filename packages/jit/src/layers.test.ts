import { beforeAll, describe, expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import * as tfl from '@tensorflow/tfjs-layers';
import { mean, ready, square, sub, tensor, train } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Variable } from '@tensorflow/tfjs-core';
import type { Engine } from './targets.ts';
import { jit } from './jit.ts';

beforeAll(ready);

let seed = 0;
const seeded = () => tfl.initializers.glorotUniform({ seed: ++seed });
const noise = (shape: number[], by: number) =>
  tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i * 12.9898 + by * 78.233)),
    shape,
  );

interface Model {
  layers: () => tfl.layers.Layer[];
  input: number[];
  /** The input is indices instead of numbers. */
  indices?: boolean;
}

const { layers } = tfl;
const image = [2, 8, 6, 3];
const convolution = () => layers.conv2d({ filters: 4, kernelSize: 3, padding: 'same', kernelInitializer: seeded() });

const models: Record<string, Model> = {
  dense: {
    input: [4, 3],
    layers: () => [
      layers.dense({ units: 5, activation: 'relu', kernelInitializer: seeded() }),
      layers.dense({ units: 3, activation: 'softmax', kernelInitializer: seeded() }),
    ],
  },
  'convolution, batch normalisation, pooling': {
    input: image,
    layers: () => [
      convolution(),
      layers.batchNormalization({ momentum: 0.7 }),
      layers.activation({ activation: 'relu' }),
      layers.maxPooling2d({ poolSize: 2 }),
      convolution(),
      layers.batchNormalization(),
      layers.leakyReLU(),
      layers.averagePooling2d({ poolSize: 2 }),
      layers.flatten(),
      layers.dense({ units: 2, kernelInitializer: seeded() }),
    ],
  },
  'batch normalisation of vectors': {
    input: [6, 4],
    layers: () => [layers.dense({ units: 3, kernelInitializer: seeded() }), layers.batchNormalization(), layers.elu()],
  },
  'depthwise and separable convolution': {
    input: image,
    layers: () => [
      layers.depthwiseConv2d({ kernelSize: 3, padding: 'same', depthwiseInitializer: seeded() }),
      layers.separableConv2d({
        filters: 3,
        kernelSize: 3,
        depthwiseInitializer: seeded(),
        pointwiseInitializer: seeded(),
      }),
      convolution(),
      layers.globalAveragePooling2d({}),
    ],
  },
  'transposed convolution, upsampling, cropping, padding': {
    // The JavaScript backend's gradient of nearest resizing is wrong for more than one image.
    input: [1, 8, 6, 3],
    layers: () => [
      layers.conv2dTranspose({ filters: 2, kernelSize: 3, strides: 2, padding: 'same', kernelInitializer: seeded() }),
      layers.upSampling2d({ size: [2, 2] }),
      layers.cropping2D({
        cropping: [
          [1, 2],
          [3, 1],
        ],
      }),
      layers.zeroPadding2d({ padding: 1 }),
      layers.globalMaxPooling2d({}),
    ],
  },
  'embedding and convolution in one dimension': {
    input: [3, 7],
    indices: true,
    layers: () => [
      layers.embedding({ inputDim: 10, outputDim: 4, embeddingsInitializer: seeded() }),
      layers.conv1d({ filters: 3, kernelSize: 3, kernelInitializer: seeded() }),
      layers.globalAveragePooling1d(),
    ],
  },
  'layer normalisation': {
    input: [3, 5],
    layers: () => [layers.dense({ units: 4, kernelInitializer: seeded() }), layers.layerNormalization()],
  },
  'simple recurrence': {
    input: [3, 4, 2],
    layers: () => [layers.simpleRNN({ units: 3, kernelInitializer: seeded(), recurrentInitializer: seeded() })],
  },
  gru: {
    input: [3, 4, 2],
    layers: () => [
      layers.gru({ units: 3, kernelInitializer: seeded(), recurrentInitializer: seeded(), returnSequences: true }),
    ],
  },
  lstm: {
    input: [3, 4, 2],
    layers: () => [layers.lstm({ units: 3, kernelInitializer: seeded(), recurrentInitializer: seeded() })],
  },
};

/** Three steps of training and an evaluation after each, of a model that its first step builds. */
async function history({ layers: make, input, indices }: Model, engine: Engine) {
  seed = 0;
  const model = tfl.sequential();
  const [first, ...others] = make();
  model.add(layers.inputLayer({ inputShape: input.slice(1), ...(indices ? { dtype: 'int32' as const } : {}) }));
  [first, ...others].forEach((layer) => model.add(layer));
  const optimizer = train.momentum(0.05, 0.9);
  const target = noise([input[0], ...(model.outputShape as number[]).slice(1)], 9);
  const cost = (x: Tensor, training: boolean) =>
    mean(square(sub(model.apply(x, { training }) as Tensor, target))) as Scalar;
  const variables = () => model.trainableWeights.map((weight) => weight.read() as Variable);
  const step = jit(({ x }: { x: Tensor }) => optimizer.minimize(() => cost(x, true), true, variables())!, { engine });
  const evaluate = jit(({ x }: { x: Tensor }) => cost(x, false), { engine });
  const size = input.reduce((a, b) => a * b, 1);
  const x = indices
    ? tensor(
        Int32Array.from({ length: size }, (_, i) => (i * 7) % 10),
        input,
      )
    : noise(input, 3);
  const losses: number[] = [];
  for (let i = 0; i < 3; i++) losses.push((await step({ x })).dataSync()[0], (await evaluate({ x })).dataSync()[0]);
  return { losses, weights: model.weights.map((weight) => Array.from(weight.read().dataSync())) };
}

describe('tf.layers models are trained and evaluated as they are eagerly, moving statistics included', () => {
  test.each(Object.entries(models))('%s', async (_name, model) => {
    const [eager, compiled] = [await history(model, 'eager'), await history(model, 'onnx')];
    expect(eager.losses[4]).not.toBeCloseTo(eager.losses[0], 4);
    compiled.losses.forEach((loss, i) => expect(loss).toBeCloseTo(eager.losses[i], 4));
    expect(compiled.weights.length).toBe(eager.weights.length);
    compiled.weights.forEach((values, i) =>
      values.forEach((value, k) => expect(Math.abs(value - eager.weights[i][k])).toBeLessThan(1e-4)),
    );
  });
});
