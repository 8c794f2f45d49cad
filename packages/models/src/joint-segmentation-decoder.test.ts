import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import {
  mean,
  memory,
  mul,
  randomUniform,
  tidy,
  variableGrads,
  type Scalar,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import { expect, test } from '@jest/globals';
import { jointSegmentationDecoder, type JointSegmentationDecoderOptions } from './joint-segmentation-decoder.ts';

const small = {
  ...{ encoderChannels: [4, 4, 6, 8, 10], channels: [3, 4, 5, 6, 7], classes: 5, seed: 1 },
  ...{ layerChannels: 3, headInterChannels: 4 },
};
const features = (): Tensor4D[] =>
  [2, 4, 8, 16, 32].map((stride, i) =>
    randomUniform([2, 64 / stride, 64 / stride, small.encoderChannels[i]], -1, 1, 'float32', i + 1),
  );

const resnet101 = { encoderChannels: [64, 256, 512, 1024, 2048], aspp: { rates: [6, 12, 18] }, classes: 19, seed: 1 };
const experiment210 = { ...resnet101, channels: [64, 128, 128, 256, 256], headInter: false };
const experiment211 = { ...resnet101, channels: [64, 64, 128, 128, 256], layers: [8], outputStride: 2, headDropout: 0 };

test.each([
  ['210', experiment210, 5331, ['project.seg9.0.weight', 'head.2.weight', 'head.2.bias']],
  [
    '211',
    experiment211,
    42_323,
    ['project.seg8.0.weight', 'head.1.weight', 'head.2.weight', 'head.2.bias', 'head.5.weight', 'head.5.bias'],
  ],
])('the head of experiment %s has the parameters of the reference', (_, options, count, keys) => {
  const decoder = jointSegmentationDecoder(options);
  const head = [...decoder.stateDict].filter(([key, v]) => v.trainable && !key.startsWith('unet_dec.'));
  expect(head.map(([key]) => key)).toEqual(keys);
  expect(head.reduce((sum, [, v]) => sum + v.size, 0)).toBe(count);
  decoder.dispose();
});

test.each<[string, Partial<JointSegmentationDecoderOptions>]>([
  ['the last layer', {}],
  ['a head at half the size', { layers: [8], outputStride: 2 }],
  ['several layers without a head, whose channels add up', { layers: [9, 7, 3], headInter: false, outputStride: 4 }],
  ['an encoder layer only', { layers: [4], outputStride: 4 }],
])('returns logits of the size of the image: %s', (_, options) => {
  const decoder = jointSegmentationDecoder({ ...small, headDropout: 0, ...options });
  tidy(() => expect(decoder.apply(features()).shape).toEqual([2, 64, 64, 5]));
  decoder.dispose();
});

test('the gradient reaches every parameter but the disparity heads', () => {
  const decoder = jointSegmentationDecoder({ ...small, headDropout: 0 });
  const { grads } = variableGrads(() => {
    const logits = decoder.apply(features(), { training: true });
    return mean(mul(logits, logits)) as Scalar;
  }, decoder.variables);
  const without = [...decoder.stateDict].filter(([, v]) => v.trainable && !grads[v.name]).map(([key]) => key);
  expect(without).toEqual(
    [14, 15, 16, 17].flatMap((k) => [`unet_dec.decoder.${k}.conv.weight`, `unet_dec.decoder.${k}.conv.bias`]),
  );
  decoder.dispose();
});

test('runs levels that no head reads only when asked; they move running statistics, not the result', () => {
  const run = (runUnusedLevels: boolean) => {
    const decoder = jointSegmentationDecoder({
      ...{ ...small, layers: [8], headDropout: 0, batchNorm: true },
      runUnusedLevels,
    });
    return tidy(() => {
      const logits = [...decoder.apply(features(), { training: true }).dataSync()];
      const runningMean = [...decoder.stateDict.get('unet_dec.decoder.13.block.1.running_mean')!.dataSync()];
      decoder.dispose();
      return { logits, moved: runningMean.some((value) => value !== 0) };
    });
  };
  const [skipped, run_] = [run(false), run(true)];
  expect(skipped.moved).toBe(false);
  expect(run_.moved).toBe(true);
  expect(run_.logits).toEqual(skipped.logits);
});

test('has dropout on the projected layers and behind the head, of the size they work at', () => {
  const decoder = jointSegmentationDecoder({ ...small, layers: [8, 9], outputStride: 2, layerDropout: 0.2 });
  const shapes = features().map((map) => map.shape);
  expect(decoder.dropoutSites.map(({ name, rate, shape }) => [name, rate, shape(shapes)])).toEqual([
    ['head.0', 0.2, [2, 32, 32, 6]],
    ['head.4', 0.1, [2, 32, 32, 4]],
  ]);
  decoder.dispose();
});

test('apply leaves nothing behind but its result', () => {
  const decoder = jointSegmentationDecoder({ ...small, aspp: { rates: [1] }, runUnusedLevels: true });
  const maps = features();
  const before = memory().numTensors;
  decoder.apply(maps).dispose();
  expect(memory().numTensors).toBe(before);
  decoder.dispose();
});

test('names a layer that does not exist', () => {
  expect(() => jointSegmentationDecoder({ ...small, layers: [9, 10] })).toThrow('layers holds 10');
});
