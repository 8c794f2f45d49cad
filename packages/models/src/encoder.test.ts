import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import { mean, mul, randomUniform, tidy, variableGrads, type Scalar, type Tensor4D } from '@tensorflow/tfjs-core';
import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import { expect, test } from '@jest/globals';
import { drawDropoutNoise } from './draw-dropout-noise.ts';
import { buildNetwork, depthDecoder, featureShapes, resnetEncoder, type Encoder } from './index.ts';

/** As the docstring of `buildNetwork` has it, with dropout at the end. */
function tinyEncoder({ channels, seed, dropout = 0 }: { channels: number[]; seed: number; dropout?: number }): Encoder {
  const strides = [2, 4, 8, 16, 32];
  const network = buildNetwork({ name: 'tiny', inputChannels: [3], seed }, ([image], build) => {
    const maps: SymbolicTensor[] = [];
    channels.forEach((filters, i) => {
      const sizes = { inputChannels: i === 0 ? 3 : channels[i - 1], filters, kernelSize: 3 };
      const halve = build.convolution(`${i}.conv`, { ...sizes, strides: 2, padding: 1 });
      const norm = build.batchNorm(`${i}.norm`, filters);
      const relu = build.activation(`${i}.relu`, 'relu');
      maps.push(relu(norm(halve(i === 0 ? image : maps[i - 1]))));
    });
    const last = channels.length - 1;
    const shape = (shapes: number[][]): [number, number, number, number] => [shapes[last][0], 1, 1, channels[last]];
    maps[last] = build.dropout({ name: 'drop', rate: dropout, channels: channels[last], shape })(maps[last]);
    return maps;
  });
  return {
    ...network,
    channels,
    strides,
    apply: (image, options) => network.apply([image], options),
    featureShapes: (imageShape) => featureShapes({ channels, strides }, imageShape),
  };
}

const channels = [2, 3, 4, 5, 6];
const image = randomUniform([2, 64, 64, 3], 0, 1, 'float32', 1) as Tensor4D;

test("an encoder of one's own feeds the decoders and learns", () => {
  const encoder = tinyEncoder({ channels, seed: 1 });
  const decoder = depthDecoder({ encoderChannels: encoder.channels, channels: [2, 2, 2, 2, 2], seed: 1 });
  expect(tidy(() => encoder.apply(image).map(({ shape }) => shape))).toEqual(encoder.featureShapes(image.shape));
  expect([...encoder.stateDict.keys()].slice(0, 5)).toEqual([
    ...['0.conv.weight', '0.norm.weight', '0.norm.bias', '0.norm.running_mean', '0.norm.running_var'],
  ]);
  expect([encoder.variables.length, encoder.buffers.length]).toEqual([15, 10]);
  const { grads } = variableGrads(() => {
    const { disparities } = decoder.apply(encoder.apply(image, { training: true }), { training: true });
    return mean(mul(disparities[0], disparities[0])) as Scalar;
  }, encoder.variables);
  for (const { name } of encoder.variables) expect(grads[name].dataSync().some((value) => value !== 0)).toBe(true);
  encoder.dispose();
  decoder.dispose();
});

test('its dropout asks for noise of the shape that it says', () => {
  const encoder = tinyEncoder({ channels, seed: 1, dropout: 0.5 });
  tidy(() => {
    const noise = drawDropoutNoise(encoder.dropoutSites, {
      featureShapes: encoder.featureShapes(image.shape),
      random: () => 0.2,
    });
    expect(noise.drop.shape).toEqual([2, 1, 1, 6]);
    const maps = encoder.apply(image, { training: true, dropoutNoise: noise });
    expect(maps[4].dataSync().every((value) => value === 0)).toBe(true);
    expect(() => encoder.apply(image, { training: true })).toThrow("tiny: training needs dropoutNoise['drop']");
  });
  encoder.dispose();
});

test.each<[[boolean, boolean, boolean], number[]]>([
  [
    [false, false, false],
    [2, 4, 8, 16, 32],
  ],
  [
    [false, false, true],
    [2, 4, 8, 16, 16],
  ],
  [
    [false, true, true],
    [2, 4, 8, 8, 8],
  ],
  [
    [true, true, true],
    [2, 4, 4, 4, 4],
  ],
])('a ResNet dilated %j has the strides %j, of odd sizes too', (dilation, strides) => {
  const encoder = resnetEncoder({ depth: 50, width: 1, dilation, seed: 1 });
  expect(encoder.strides).toEqual(strides);
  const odd = randomUniform([1, 45, 67, 3]) as Tensor4D;
  expect(tidy(() => encoder.apply(odd).map(({ shape }) => shape))).toEqual(encoder.featureShapes(odd.shape));
  encoder.dispose();
});
