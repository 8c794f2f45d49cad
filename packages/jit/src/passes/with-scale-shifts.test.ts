import { expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import { add, mul, ready, relu, tensor1d, tensor4d } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { onnxFunction } from '../onnx/run-program.ts';
import { trace } from '../trace.ts';
import { withScaleShifts } from './with-scale-shifts.ts';

const noise = (count: number, pace: number) => Float32Array.from({ length: count }, (_, i) => Math.sin(pace * (i + 1)));
const inputs = () => [
  tensor4d(noise(2 * 3 * 5 * 4, 0.7), [2, 3, 5, 4]),
  tensor1d(noise(4, 1.1)),
  tensor1d(noise(4, 2)),
];

const kernelsOf = async (fn: (tensors: Tensor[]) => Tensor[]) => {
  await ready();
  return withScaleShifts(trace(inputs(), fn)).nodes.map(({ kernel }) => kernel);
};

test('a factor and a summand for each channel are one operation, and give what they gave', async () => {
  const fn = ([x, scale, shift]: Tensor[]) => [relu(add(mul(x, scale), shift)), add(mul(mul(x, x), shift), scale)];
  expect(await kernelsOf(fn)).toEqual(['ScaleShift', 'Relu', 'Multiply', 'ScaleShift']);
  const onCard = await onnxFunction(trace(inputs(), fn), 'cpu', { block: 0, inPlace: false, device: 'cuda' });
  const seen = await onCard.run(inputs());
  await onCard.release();
  fn(inputs()).forEach((expected, i) => {
    expect(seen[i].shape).toEqual(expected.shape);
    expect([...seen[i].dataSync()]).toEqual(Array.from(expected.dataSync(), (number) => expect.closeTo(number, 6)));
  });
});

test.each<[string, (tensors: Tensor[]) => Tensor[]]>([
  ['a product that something else reads', ([x, scale, shift]) => [add(mul(x, scale), shift), mul(x, scale)]],
  ['a summand of another shape', ([x, scale]) => [add(mul(x, scale), x)]],
  ['a factor for all', ([x, , shift]) => [add(mul(x, 2), shift)]],
  ['vectors', ([, scale, shift]) => [add(mul(scale, scale), shift)]],
])('%s: left as it is', async (_what, fn) => {
  expect(await kernelsOf(fn)).not.toContain('ScaleShift');
});
