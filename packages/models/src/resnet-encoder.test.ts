import '@tensorflow/tfjs-backend-cpu';
import { models } from '@tensorflow/tfjs-layers';
import { randomUniform, tidy, type Tensor4D } from '@tensorflow/tfjs-core';
import { expect, test } from '@jest/globals';
import { resnetEncoder, type ResnetEncoderOptions } from './resnet-encoder.ts';
import type { HasStateDict } from './to-state-dict.ts';

const parameterCount = ({ stateDict }: HasStateDict) =>
  [...stateDict.values()].reduce((count, variable) => count + (variable.trainable ? variable.size : 0), 0);

function withEncoder<T>(
  options: Omit<ResnetEncoderOptions, 'seed'>,
  use: (encoder: ReturnType<typeof resnetEncoder>) => T,
): T {
  const encoder = resnetEncoder({ ...options, seed: 1 });
  try {
    return use(encoder);
  } finally {
    encoder.dispose();
  }
}

test.each([
  [{ depth: 101 as const }, 42_500_160],
  [{ depth: 50 as const }, 23_508_032],
  [{ depth: 18 as const, inputImages: 2 }, 11_185_920],
])('has as many parameters as the reference: %j', (options, count) => {
  withEncoder(options, (encoder) => expect(parameterCount(encoder)).toBe(count));
});

test('its maps have the sizes of the table for crops of 512x512', () => {
  withEncoder({ depth: 50, dilation: [false, false, true], width: 2 }, (encoder) => {
    expect(encoder.channels).toEqual([2, 8, 16, 32, 64]);
    expect(encoder.featureShapes([1, 512, 512, 3]).map((shape) => shape[1])).toEqual([256, 128, 64, 32, 32]);
  });
  withEncoder({ depth: 18, width: 2 }, (encoder) => {
    expect(encoder.channels).toEqual([2, 2, 4, 8, 16]);
    expect(encoder.featureShapes([1, 512, 1024, 3]).map((shape) => shape[2])).toEqual([512, 256, 128, 64, 32]);
  });
});

test.each([
  { depth: 18 as const },
  { depth: 18 as const, inputImages: 2 },
  { depth: 50 as const, dilation: [false, false, true] as [boolean, boolean, boolean] },
  { depth: 50 as const, dilation: [false, true, true] as [boolean, boolean, boolean] },
])('featureShapes says what apply returns: %j', (options) => {
  withEncoder({ ...options, width: 2 }, (encoder) => {
    const shape: [number, number, number, number] = [
      2,
      37,
      66,
      3 * (('inputImages' in options && options.inputImages) || 1),
    ];
    tidy(() => {
      const maps = encoder.apply(randomUniform(shape));
      expect(maps.map((map) => map.shape)).toEqual(encoder.featureShapes(shape));
    });
  });
});

test('names its weights as torchvision does', () => {
  withEncoder({ depth: 18, width: 1 }, ({ stateDict }) => {
    const keys = [...stateDict.keys()];
    expect(keys.slice(0, 6)).toEqual([
      'encoder.conv1.weight',
      'encoder.bn1.weight',
      'encoder.bn1.bias',
      'encoder.bn1.running_mean',
      'encoder.bn1.running_var',
      'encoder.layer1.0.conv1.weight',
    ]);
    expect(keys).toContain('encoder.layer2.0.downsample.0.weight');
    expect(keys).toContain('encoder.layer4.1.bn2.running_var');
    expect(keys).not.toContain('encoder.layer1.0.downsample.0.weight');
  });
  withEncoder({ depth: 50, width: 1 }, ({ stateDict }) => {
    expect(stateDict.has('encoder.layer1.0.downsample.1.running_mean')).toBe(true);
    expect(stateDict.has('encoder.layer3.5.conv3.weight')).toBe(true);
  });
});

test('starts with Kaiming normal filters (fan-out) and batch norms that change nothing', async () => {
  const encoder = resnetEncoder({ depth: 18, width: 32, seed: 3 });
  const filter = await encoder.stateDict.get('encoder.layer4.0.conv2.weight')!.data<'float32'>();
  const deviation = Math.sqrt(filter.reduce((sum, x) => sum + x * x, 0) / filter.length);
  expect(deviation / Math.sqrt(2 / (256 * 9))).toBeCloseTo(1, 2);
  const start = { weight: 1, bias: 0, running_mean: 0, running_var: 1 };
  for (const [suffix, value] of Object.entries(start)) {
    expect([...(await encoder.stateDict.get(`encoder.bn1.${suffix}`)!.data())]).toEqual(Array(32).fill(value));
  }
  encoder.dispose();
});

test('the same seed gives the same network, another seed another', async () => {
  const conv1 = async (seed: number) => {
    const encoder = resnetEncoder({ depth: 18, width: 2, seed });
    const values = [...(await encoder.stateDict.get('encoder.conv1.weight')!.data())];
    encoder.dispose();
    return values;
  };
  expect(await conv1(5)).toEqual(await conv1(5));
  expect(await conv1(5)).not.toEqual(await conv1(6));
});

test('refuses to dilate a network of basic blocks', () => {
  expect(() => resnetEncoder({ depth: 18, dilation: [false, false, true], seed: 1 })).toThrow(
    'ResNet-18 cannot be dilated',
  );
});

test('is an ordinary tf.layers model: it can be written to JSON and read back', async () => {
  const encoder = resnetEncoder({ depth: 50, width: 1, dilation: [false, false, true], seed: 2 });
  const copy = await models.modelFromJSON(encoder.model.toJSON(null, false) as never);
  const image = randomUniform([1, 32, 64, 3]) as Tensor4D;
  const [ours, theirs] = [encoder.apply(image)[4], (copy.apply(image) as Tensor4D[])[4]];
  expect([...(await theirs.data())]).toEqual([...(await ours.data())]);
});
