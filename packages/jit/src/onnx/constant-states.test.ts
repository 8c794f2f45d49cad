import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import { add, conv2d, disposeVariables, mul, ready, tensor1d, tensor4d, variable } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor4D, Variable } from '@tensorflow/tfjs-core';
import * as ort from 'onnxruntime-node';
import { trace } from '../trace.ts';
import { onnxFunction } from './run-program.ts';

const create = jest.spyOn(ort.InferenceSession, 'create');
beforeEach(ready);
afterEach(() => {
  disposeVariables();
  create.mockClear();
});

const noise = (count: number, pace: number) => Float32Array.from({ length: count }, (_, i) => Math.sin(pace * (i + 1)));
const image = () => tensor4d(noise(2 * 5 * 6 * 3, 0.7), [2, 5, 6, 3]);
const held = { block: 0, inPlace: false, device: 'cuda', holdsVariables: true } as const;

/** A convolution whose filter is scaled first, which is computed beforehand, and then shifted. */
function network() {
  const filter = variable(tensor4d(noise(9 * 12, 1.3), [3, 3, 3, 4])) as Variable & Tensor4D;
  const scale = variable(tensor1d(noise(4, 1.9))) as Variable & Tensor1D;
  const shift = variable(tensor1d(noise(4, 2.3))) as Variable & Tensor1D;
  const fn = (x: Tensor4D) => add(conv2d(x, mul(filter, scale) as Tensor4D, 1, 'same'), shift);
  return { fn, filter, shift, graph: () => trace([image()], ([x]) => [fn(x as Tensor4D)]) };
}

const expectEqual = (seen: Tensor, expected: Tensor) =>
  expect([...seen.dataSync()]).toEqual(Array.from(expected.dataSync(), (number) => expect.closeTo(number, 5)));

test('from the second call on the variables are constants, until one of them is assigned', async () => {
  const { fn, filter, shift, graph } = network();
  const compiled = await onnxFunction(graph(), 'cpu', held);
  /** Two calls in a row with the variables as they are. */
  const runTwice = async () => {
    const expected = fn(image());
    for (let i = 0; i < 2; i++) expectEqual((await compiled.run([image()]))[0], expected);
  };
  const [expected, first] = [fn(image()), await compiled.run([image()])];
  expectEqual(first[0], expected);
  const sessions = create.mock.calls.length;
  for (let i = 0; i < 3; i++) expectEqual((await compiled.run([image()]))[0], expected);
  expect(create).toHaveBeenCalledTimes(sessions + 1);
  shift.assign(tensor1d([1, 2, 3, 4]));
  await runTwice();
  expect(create).toHaveBeenCalledTimes(sessions + 2);
  filter.assign(mul(filter, 2) as Tensor4D);
  await runTwice();
  expect(create).toHaveBeenCalledTimes(sessions + 3);
  await compiled.release();
});

test('what another function assigns in place is noticed', async () => {
  const { fn, filter, graph } = network();
  const compiled = await onnxFunction(graph(), 'cpu', held);
  const training = await onnxFunction(
    trace([], () => {
      filter.assign(mul(filter, 0.5) as Tensor4D);
      return [];
    }),
  );
  for (const trains of [false, false, true, false, true, true, false, false]) {
    if (trains) await training.run([]);
    expectEqual((await compiled.run([image()]))[0], fn(image()));
  }
  await compiled.release();
  await training.release();
});

test('a function of its inputs alone, or one that assigns, has one session', async () => {
  const { shift } = network();
  const plain = await onnxFunction(
    trace([image()], ([x]) => [mul(x, 2)]),
    'cpu',
    held,
  );
  const assigning = await onnxFunction(
    trace([], () => {
      shift.assign(mul(shift, 2) as Tensor1D);
      return [];
    }),
    'cpu',
    held,
  );
  for (let i = 0; i < 3; i++) {
    await plain.run([image()]);
    await assigning.run([]);
  }
  expect(create).toHaveBeenCalledTimes(2);
  await plain.release();
  await assigning.release();
});
