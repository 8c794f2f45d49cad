import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import { add, mean, mul, randomUniform, tidy, variableGrads, type Scalar, type Tensor4D } from '@tensorflow/tfjs-core';
import { expect, test } from '@jest/globals';
import { copyWeights } from './copy-weights.ts';
import { depthDecoder } from './depth-decoder.ts';
import { drawDropoutNoise } from './draw-dropout-noise.ts';
import { resnetEncoder } from './resnet-encoder.ts';

const resnet101 = [64, 256, 512, 1024, 2048];
const small = { encoderChannels: [4, 4, 6, 8, 10], channels: [3, 4, 5, 6, 7], seed: 1 };

/** Maps of an encoder for images of 64 x 64 pixels, random but the same each time. */
const features = (channels: number[], lastStride = 32): Tensor4D[] =>
  [2, 4, 8, 16, lastStride].map((stride, i) =>
    randomUniform([2, 64 / stride, 64 / stride, channels[i]], -1, 1, 'float32', i + 1),
  );

test.each([
  ['dec6', { channels: [64, 128, 128, 256, 256], aspp: { rates: [6, 12, 18] } }, 22_066_628, 5188],
  ['dec9', { channels: [64, 64, 128, 128, 256], aspp: { rates: [6, 12, 18] }, batchNorm: true }, 20_333_956, 3460],
])('%s has as many parameters as the reference', (_, options, count, inHeads) => {
  const decoder = depthDecoder({ encoderChannels: resnet101, ...options, seed: 1 });
  const size = (keep: (key: string) => boolean) =>
    [...decoder.stateDict].reduce((sum, [key, v]) => sum + (v.trainable && keep(key) ? v.size : 0), 0);
  expect(size(() => true)).toBe(count);
  expect(size((key) => /^decoder\.1[4-7]\./.test(key))).toBe(inHeads);
  if (!('batchNorm' in options)) expect(size((key) => key.startsWith('decoder.0.'))).toBe(15_535_104);
  decoder.dispose();
});

test('its outputs have the sizes of the table, whether the last stage is dilated or not', () => {
  const decoder = depthDecoder({ ...small, aspp: { rates: [1, 2] } });
  for (const lastStride of [16, 32]) {
    tidy(() => {
      const outputs = decoder.apply(features(small.encoderChannels, lastStride));
      const shapes = (maps: Record<number, Tensor4D>) =>
        Object.fromEntries(Object.entries(maps).map(([key, map]) => [key, map.shape]));
      expect(shapes(outputs.features)).toEqual({
        4: [2, 4, 4, 7],
        3: [2, 8, 8, 6],
        2: [2, 16, 16, 5],
        1: [2, 32, 32, 4],
        0: [2, 64, 64, 3],
      });
      expect(shapes(outputs.disparities)).toEqual({
        3: [2, 8, 8, 1],
        2: [2, 16, 16, 1],
        1: [2, 32, 32, 1],
        0: [2, 64, 64, 1],
      });
    });
  }
  decoder.dispose();
});

test('disparities lie between 0 and 1', () => {
  const decoder = depthDecoder(small);
  tidy(() => {
    for (const disparity of Object.values(decoder.apply(features(small.encoderChannels)).disparities)) {
      for (const value of disparity.dataSync()) expect(value > 0 && value < 1).toBe(true);
    }
  });
  decoder.dispose();
});

test('names its weights as the reference does', () => {
  const keysOf = (options: Partial<Parameters<typeof depthDecoder>[0]>) => {
    const decoder = depthDecoder({ ...small, ...options });
    const keys = [...decoder.stateDict.keys()];
    decoder.dispose();
    return keys;
  };
  const withAspp = keysOf({ aspp: { rates: [6, 12, 18] } });
  expect(withAspp.filter((key) => key.startsWith('decoder.0.') && /weight$/.test(key))).toEqual([
    ...[0, 1, 2, 3].flatMap((branch) => [`decoder.0.convs.${branch}.0.weight`, `decoder.0.convs.${branch}.1.weight`]),
    ...['decoder.0.convs.4.1.weight', 'decoder.0.convs.4.2.weight'],
    ...['decoder.0.project.0.weight', 'decoder.0.project.1.weight'],
  ]);
  const indices = (keys: string[]) => [...new Set(keys.map((key) => Number(key.split('.')[1])))];
  expect(indices(withAspp)).toEqual([0, 2, 3, 5, 6, 8, 9, 11, 12, 13, 14, 15, 16, 17]);
  expect(keysOf({ batchNorm: true })).toContain('decoder.13.block.1.running_var');
  expect(keysOf({ projectSkips: 2 })).toEqual(
    expect.arrayContaining(['decoder.1.0.weight', 'decoder.1.0.bias', 'decoder.10.1.running_mean']),
  );
  expect(keysOf({ disparity: false })).toEqual(keysOf({}));
  expect(keysOf({ aspp: { rates: [6], pooling: false } })).not.toContain('decoder.0.convs.2.1.weight');
});

test('each disparity head has the number of its scale, whatever other scales there are', () => {
  const all = depthDecoder(small);
  const some = depthDecoder({ ...small, scales: [2, 0] });
  const headsOf = ({ stateDict }: typeof all) => [...stateDict.keys()].filter((key) => /^decoder\.1[4-8]/.test(key));
  expect(headsOf(all)).toEqual([14, 15, 16, 17].flatMap((k) => [`decoder.${k}.conv.weight`, `decoder.${k}.conv.bias`]));
  expect(headsOf(some)).toEqual([16, 14].flatMap((k) => [`decoder.${k}.conv.weight`, `decoder.${k}.conv.bias`]));
  copyWeights(all, some, { strict: false });
  tidy(() => {
    const maps = features(small.encoderChannels);
    const [expected, actual] = [all, some].map((decoder) => decoder.apply(maps).disparities);
    expect(Object.keys(actual)).toEqual(['0', '2']);
    for (const scale of [0, 2]) expect([...actual[scale].dataSync()]).toEqual([...expected[scale].dataSync()]);
  });
  all.dispose();
  some.dispose();
});

test.each([[[0, 5]], [[-1]], [[0.5]], [[0, 1, 1]]])('scales %j are refused', (scales) => {
  expect(() => depthDecoder({ ...small, scales })).toThrow(`scales [${scales.join(', ')}] must be different integers`);
});

test('an untrained decoder predicts around the disparity it is to begin with, at every scale', () => {
  const decoder = depthDecoder({ ...small, scales: [0, 2], initialDisparity: 0.1 });
  tidy(() => {
    const nothing = features(small.encoderChannels).map((map) => mul(map, 0) as Tensor4D);
    for (const [key, variable] of decoder.stateDict)
      if (/^decoder\.1[46]\.conv\.weight$/.test(key)) variable.assign(mul(variable, 0));
    const { disparities } = decoder.apply(nothing);
    for (const scale of [0, 2]) disparities[scale].dataSync().forEach((value) => expect(value).toBeCloseTo(0.1, 6));
  });
  decoder.dispose();
  for (const initialDisparity of [0, 1, NaN])
    expect(() => depthDecoder({ ...small, initialDisparity })).toThrow('give a number between 0 and 1');
});

test('without disparity it returns features only', () => {
  const decoder = depthDecoder({ ...small, disparity: false });
  tidy(() => expect(decoder.apply(features(small.encoderChannels)).disparities).toEqual({}));
  decoder.dispose();
});

test('says which sizes an image may have when a skip connection does not fit', () => {
  const encoder = resnetEncoder({ depth: 18, width: 2, seed: 1 });
  const decoder = depthDecoder({ encoderChannels: encoder.channels, seed: 1, channels: [2, 2, 2, 2, 2] });
  expect(() => tidy(() => decoder.apply(encoder.apply(randomUniform([1, 40, 64, 3]))))).toThrow('multiples of 32');
  encoder.dispose();
  decoder.dispose();
});

test.each([true, false])('the gradient reaches every parameter (training: %s)', (training) => {
  const encoder = resnetEncoder({ depth: 50, width: 2, dilation: [false, false, true], seed: 1 });
  const decoder = depthDecoder({
    ...{ encoderChannels: encoder.channels, channels: [3, 4, 5, 6, 7], seed: 1 },
    ...{ aspp: { rates: [1, 2], dropout: 0 }, batchNorm: true, projectSkips: 3 },
  });
  const variables = [...encoder.variables, ...decoder.variables];
  const image = randomUniform([2, 32, 64, 3], 0, 1, 'float32', 1) as Tensor4D;
  const { grads } = variableGrads(() => {
    const { disparities } = decoder.apply(encoder.apply(image, { training }), { training });
    return Object.values(disparities)
      .map((d) => mean(mul(d, d)) as Scalar)
      .reduce((a, b) => add(a, b));
  }, variables);
  for (const [key, variable] of [...encoder.stateDict, ...decoder.stateDict]) {
    if (!variable.trainable) continue;
    const gradient = grads[variable.name];
    expect([key, gradient?.shape]).toEqual([key, variable.shape]);
    const values = gradient.dataSync();
    expect([key, values.every(Number.isFinite), values.some((value) => value !== 0)]).toEqual([key, true, true]);
  }
  encoder.dispose();
  decoder.dispose();
});

test('drops what the noise says, in training only', () => {
  const decoder = depthDecoder({ ...small, aspp: { rates: [1], dropout: 0.5 }, dropout: 0.25 });
  const sites = decoder.dropoutSites;
  expect(sites.map(({ name, rate }) => [name, rate])).toEqual([
    ['decoder.0.dropout', 0.5],
    ...[2, 3, 5, 6, 8, 9, 11, 12, 13].map((k) => [`decoder.${k}.block.dropout`, 0.25]),
  ]);
  tidy(() => {
    const maps = features(small.encoderChannels);
    const featureShapes = maps.map((map) => map.shape);
    const noise = drawDropoutNoise(sites, { featureShapes, random: () => 0.3 });
    expect(noise['decoder.0.dropout'].shape).toEqual([2, 2, 2, 7]);
    expect(noise['decoder.0.dropout'].dataSync()[0]).toBe(0);
    expect(noise['decoder.13.block.dropout'].shape).toEqual([2, 1, 1, 3]);
    expect(noise['decoder.13.block.dropout'].dataSync()[0]).toBeCloseTo(4 / 3);

    const nothing = { ...noise, 'decoder.13.block.dropout': mul(noise['decoder.13.block.dropout'], 0) };
    const last = (options: Parameters<typeof decoder.apply>[1]) => [
      ...decoder.apply(maps, options).features[0].dataSync(),
    ];
    expect(last({ training: true, dropoutNoise: nothing }).every((value) => value === 0)).toBe(true);
    expect(last({ dropoutNoise: nothing })).toEqual(last({}));
    expect(last({ training: true, dropoutNoise: noise })).toEqual(last({ training: true, dropoutNoise: noise }));
    expect(() => last({ training: true })).toThrow("dropoutNoise['decoder.0.dropout']");
    expect(() => last({ training: true, dropoutNoise: { ...noise, aspp: maps[0] } })).toThrow('dropoutNoise.aspp');
  });
  decoder.dispose();
});
