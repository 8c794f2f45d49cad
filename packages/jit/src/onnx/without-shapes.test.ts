import { beforeEach, expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import { add, matMul, ready, reshape, tensor2d } from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import onnxProto from 'onnx-proto';
import { jit } from '../jit.ts';
import { trace } from '../trace.ts';
import { lowerGraph } from './lower-graph.ts';

beforeEach(ready);

const fold = (x: Tensor2D): Tensor2D => reshape(matMul(reshape(x, [4, 3]), reshape(add(x, 1), [3, 4])), [2, 8]);

test('no input has a shape, and nothing is reshaped to what is known before the run', () => {
  const graph = trace([{ shape: [2, 6], dtype: 'float32' }], ([x]) => [fold(x as Tensor2D)]);
  const program = lowerGraph(graph, { block: 0, inPlace: true });
  const { input, node, initializer } = onnxProto.onnx.ModelProto.decode(program.model).graph!;
  expect(input!.map(({ name }) => name)).toEqual([program.inputs[0], program.zero]);
  expect(input!.filter(({ type }) => type!.tensorType!.shape)).toEqual([]);
  const constants = new Set(initializer!.map(({ name }) => name));
  const reshapes = node!.filter(({ opType }) => opType === 'Reshape');
  expect(reshapes.length).toBe(3);
  expect(reshapes.filter(({ input }) => constants.has(input![1]))).toEqual([]);
});

test('results have the shapes that they have eagerly', async () => {
  const x = tensor2d([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], [2, 6]);
  const [actual, expected] = [await jit(fold)(x), fold(x)];
  expect(actual.shape).toEqual(expected.shape);
  expect(Array.from(actual.dataSync())).toEqual(Array.from(expected.dataSync()));
});
