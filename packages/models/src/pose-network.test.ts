import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import {
  add,
  concat,
  dispose,
  memory,
  mul,
  ones,
  randomUniform,
  sum,
  tidy,
  variableGrads,
  zeros,
  type Scalar,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import { expect, test } from '@jest/globals';
import { poseDecoder } from './pose-decoder.ts';
import { poseNetwork } from './pose-network.ts';
import { resnetEncoder } from './resnet-encoder.ts';

const image = (seed: number) => randomUniform([2, 32, 64, 3], 0, 1, 'float32', seed) as Tensor4D;

test('the decoder has as many parameters as the reference', () => {
  const decoder = poseDecoder({ inputChannels: 512, seed: 1 });
  expect(decoder.variables.reduce((count, v) => count + v.size, 0)).toBe(1_314_572);
  expect([...decoder.stateDict.keys()]).toEqual([0, 1, 2, 3].flatMap((i) => [`net.${i}.weight`, `net.${i}.bias`]));
  decoder.dispose();
});

test('several maps go through the same squeeze and are decoded together', () => {
  const decoder = poseDecoder({ inputChannels: 4, inputFeatures: 2, frames: 1, seed: 1 });
  expect(decoder.stateDict.get('net.0.weight')!.shape).toEqual([1, 1, 4, 256]);
  expect(decoder.stateDict.get('net.1.weight')!.shape).toEqual([3, 3, 512, 256]);
  tidy(() => {
    const map = (seed: number) => randomUniform([2, 3, 5, 4], -1, 1, 'float32', seed) as Tensor4D;
    const translationOf = (maps: Tensor4D[]) => [...decoder.apply(maps).translation.dataSync()];
    const both = translationOf([map(1), map(2)]);
    expect(decoder.apply([map(1), map(2)]).axisAngle.shape).toEqual([2, 1, 3]);
    expect(translationOf([map(2), map(1)])).not.toEqual(both);
    // Without the weights of the second map's channels, which come last, only the first counts.
    const weight = decoder.stateDict.get('net.1.weight')!;
    const ofFirst = concat([ones([3, 3, 256, 256]), zeros([3, 3, 256, 256])], 2);
    weight.assign(mul(weight, ofFirst));
    expect(translationOf([map(1), map(2)])).toEqual(translationOf([map(1), map(3)]));
    expect(translationOf([map(1), map(2)])).not.toEqual(translationOf([map(3), map(2)]));
  });
  decoder.dispose();
});

test('before it has learnt anything it can say that the camera moves ahead', () => {
  const [plain, ahead] = [0, 0.3].map((initialForward) => poseNetwork({ width: 2, initialForward, seed: 1 }));
  tidy(() => {
    const [expected, actual] = [plain, ahead].map((network) => network.apply(image(1), image(2)));
    const forward = [0, 0, -0.3, 0, 0, -0.3];
    actual.translation
      .dataSync()
      .forEach((value, i) => expect(value).toBeCloseTo(expected.translation.dataSync()[i] + forward[i], 6));
    expect([...actual.axisAngle.dataSync()]).toEqual([...expected.axisAngle.dataSync()]);
  });
  plain.dispose();
  ahead.dispose();
});

test('gives one small pose per pair: the first of the decoder', () => {
  const network = poseNetwork({ width: 4, seed: 1 });
  tidy(() => {
    const { axisAngle, translation } = network.apply(image(1), image(2));
    expect([axisAngle.shape, translation.shape]).toEqual([
      [2, 3],
      [2, 3],
    ]);
    // The decoder's bias, at most 1/16, times 0.01 bounds a pose of features 0.
    network.decoder.stateDict.get('net.3.weight')!.assign(randomUniform([1, 1, 256, 12], 0, 0));
    const bias = [...network.decoder.stateDict.get('net.3.bias')!.dataSync()];
    const pose = network.apply(image(1), image(2));
    const expected = (values: number[]) => [...values, ...values].map((value) => expect.closeTo(0.01 * value, 7));
    expect([...pose.axisAngle.dataSync()]).toEqual(expected(bias.slice(0, 3)));
    expect([...pose.translation.dataSync()]).toEqual(expected(bias.slice(3, 6)));
  });
  network.dispose();
});

test('apply leaves nothing behind but its result', () => {
  const network = poseNetwork({ width: 2, seed: 1 });
  const [a, b] = [image(1), image(2)];
  const before = memory().numTensors;
  dispose(network.apply(a, b, { training: true }));
  expect(memory().numTensors).toBe(before);
  network.dispose();
});

test('the order of the images matters', () => {
  const network = poseNetwork({ width: 4, seed: 1 });
  tidy(() => {
    const [there, back] = [network.apply(image(1), image(2)), network.apply(image(2), image(1))];
    expect([...there.translation.dataSync()]).not.toEqual([...back.translation.dataSync()]);
  });
  network.dispose();
});

test('the gradient reaches every parameter', () => {
  const network = poseNetwork({ width: 4, seed: 1 });
  const [a, b] = [image(1), image(2)];
  const { grads } = variableGrads(() => {
    const { axisAngle, translation } = network.apply(a, b, { training: true });
    return sum(add(mul(axisAngle, 2), translation)) as Scalar;
  }, network.variables);
  for (const [key, variable] of network.stateDict) {
    if (variable.trainable) expect([key, grads[variable.name]?.dataSync().some((g) => g !== 0)]).toEqual([key, true]);
  }
  network.dispose();
});

test('starts differently from a depth encoder of the same seed', () => {
  const [network, encoder] = [poseNetwork({ width: 2, seed: 1 }), resnetEncoder({ depth: 18, width: 2, seed: 1 })];
  const key = 'encoder.layer1.0.conv1.weight';
  expect([...network.stateDict.get(key)!.dataSync()]).not.toEqual([...encoder.stateDict.get(key)!.dataSync()]);
  network.dispose();
  encoder.dispose();
});
