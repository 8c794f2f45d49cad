import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import { expect, test } from '@jest/globals';
import { copyUnet } from './copy-unet.ts';
import { depthDecoder } from './depth-decoder.ts';
import { jointSegmentationDecoder } from './joint-segmentation-decoder.ts';
import { toStateDict } from './to-state-dict.ts';

const shape = { encoderChannels: [2, 2, 3, 4, 5], channels: [2, 2, 2, 3, 3] };
const snapshot = (decoder: { stateDict: ReturnType<typeof depthDecoder>['stateDict'] }) =>
  new Map([...decoder.stateDict].map(([key, variable]) => [key, [...variable.dataSync()]]));

test.each([
  ['a depth decoder', false],
  ['the weights of one', true],
])('from %s the U-Net starts where depth is, heads of other scales and the rest stay', async (_, asWeights) => {
  const depth = depthDecoder({ ...shape, scales: [0, 2], batchNorm: true, seed: 1 });
  const segmentation = jointSegmentationDecoder({ ...shape, classes: 3, batchNorm: true, seed: 2 });
  const before = snapshot(segmentation);
  copyUnet(asWeights ? await toStateDict(depth) : depth, segmentation);
  const learnt = snapshot(depth);
  expect(learnt.has('decoder.15.conv.weight')).toBe(false);
  for (const [key, values] of snapshot(segmentation)) {
    const from = key.startsWith('unet_dec.') ? learnt.get(key.slice('unet_dec.'.length)) : undefined;
    expect([key, values]).toEqual([key, from ?? before.get(key)]);
  }
  depth.dispose();
  segmentation.dispose();
});

test('a U-Net of another shape, another form or none at all is refused, and nothing is changed', async () => {
  const depth = depthDecoder({ ...shape, seed: 1 });
  const [wide, normed, none] = [
    jointSegmentationDecoder({ ...shape, channels: [2, 2, 2, 3, 4], classes: 3, seed: 2 }),
    jointSegmentationDecoder({ ...shape, batchNorm: true, classes: 3, seed: 2 }),
    depthDecoder({ ...shape, seed: 3 }),
  ];
  const before = [wide, normed, none].map(snapshot);
  const weights = await toStateDict(depth);
  expect(() => copyUnet(depth, wide)).toThrow('of another shape (unet_dec.decoder.0');
  expect(() => copyUnet(weights, wide, { source: 'depth.safetensors' })).toThrow('depth.safetensors: the weights');
  expect(() => copyUnet(depth, normed)).toThrow('missing (unet_dec.decoder.0.block.1.weight');
  expect(() => copyUnet(weights, none)).toThrow('has no U-Net named "unet_dec."');
  expect([wide, normed, none].map(snapshot)).toEqual(before);
  [depth, wide, normed, none].forEach((network) => network.dispose());
});
