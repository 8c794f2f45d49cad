import { expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import {
  add,
  cast,
  div,
  memory,
  mul,
  oneHot,
  square,
  sum,
  tensor,
  variable,
  variableGrads,
} from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor3D } from '@tensorflow/tfjs-core';
import { byteTensor } from './byte-tensor.ts';
import { jit } from './jit.ts';
import { trace } from './trace.ts';
import { lowerGraph } from './onnx/lower-graph.ts';

const pixels = Uint8Array.from({ length: 256 }, (_, i) => i);

test('to TensorFlow.js it is an int32 tensor', () => {
  const bytes = byteTensor(pixels, [4, 64]);
  expect([bytes.dtype, bytes.shape]).toEqual(['int32', [4, 64]]);
  expect(bytes.dataSync()).toEqual(Int32Array.from(pixels));
  expect(add(bytes, 1).dataSync()[255]).toBe(256);
  expect(bytes.dataSync()).toEqual(Int32Array.from(pixels));
});

test('it is freed like any other', () => {
  const { numTensors, numDataBuffers } = memory();
  const bytes = byteTensor(pixels, [256]);
  expect(memory().numTensors).toBe(numTensors + 1);
  bytes.dispose();
  expect([memory().numTensors, memory().numDataBuffers]).toEqual([numTensors, numDataBuffers]);
});

test('as many values as the shape has', () => {
  expect(() => byteTensor(pixels, [2, 100])).toThrow('256 values do not fill the shape [2,100], which has 200');
});

const normalized = (image: Tensor) => div(cast(image, 'float32'), 255);

test('a compiled function computes with the bytes what it computes with int32', async () => {
  const fn = ({ image, label }: { image: Tensor; label: Tensor }) => ({
    image: normalized(image),
    label,
    classes: oneHot(label as Tensor3D, 3),
  });
  const compiled = jit(fn);
  const label = byteTensor(Uint8Array.of(0, 2, 255, 1), [1, 2, 2]);
  for (const image of [byteTensor(pixels, [4, 64]), byteTensor(pixels.toReversed(), [4, 64])]) {
    const expected = fn({ image: tensor(image.dataSync(), [4, 64], 'int32'), label });
    const seen = await compiled({ image, label });
    for (const key of ['image', 'label', 'classes'] as const) {
      expect(seen[key].dtype).toBe(expected[key].dtype);
      expect(seen[key].dataSync()).toEqual(expected[key].dataSync());
    }
  }
});

test('int32 may follow, and the other way round', async () => {
  const total = jit((image: Tensor) => sum(normalized(image)));
  const sums: number[] = [];
  for (const image of [byteTensor(pixels, [256]), tensor([...pixels], [256], 'int32'), byteTensor(pixels, [256])])
    sums.push((await total(image)).dataSync()[0]);
  expect(sums).toEqual([sums[0], sums[0], sums[0]]);
});

test('what goes into the program is bytes', () => {
  const graph = trace([byteTensor(pixels, [256])], ([image]) => [normalized(image)]);
  const asInt32 = trace([tensor([...pixels], [256], 'int32')], ([image]) => [normalized(image)]);
  const UINT8 = 2;
  // In the protobuf of a value's type: field 1 is the element's type.
  const declares = (model: Uint8Array) => Buffer.from(model).includes(Buffer.from([0x0a, 0x02, 0x08, UINT8]));
  expect(declares(lowerGraph(graph, { block: 0, inPlace: false }).model)).toBe(true);
  expect(declares(lowerGraph(asInt32, { block: 0, inPlace: false }).model)).toBe(false);
});

test('a training step learns from them, and a function may keep one for good', async () => {
  const scale = variable(tensor([0.5]));
  const mask = byteTensor(Uint8Array.of(1, 0, 1, 0), [4]);
  const step = jit((image: Tensor) => {
    const { value, grads } = variableGrads(
      () => sum(square(mul(mul(normalized(image), scale), mask))) as Scalar,
      [scale],
    );
    scale.assign(mul(grads[scale.name], 0.1));
    return value;
  });
  const loss = await step(byteTensor(Uint8Array.of(255, 7, 51, 7), [4]));
  expect(loss.dataSync()[0]).toBeCloseTo(0.25 * 1.04, 6);
  expect(scale.dataSync()[0]).toBeCloseTo(0.104, 6);
});
