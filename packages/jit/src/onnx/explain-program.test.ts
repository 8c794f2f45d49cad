import { afterEach, expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import {
  conv2d,
  disposeVariables,
  mean,
  mul,
  randomUniform,
  relu,
  sub,
  variable,
  variableGrads,
} from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor4D, Variable } from '@tensorflow/tfjs-core';
import { formatExplanation } from '../format-explanation.ts';
import { trace } from '../trace.ts';
import { onnxFunction } from './run-program.ts';

afterEach(disposeVariables);

test('tells what each kernel of a training step costs, and changes nothing', async () => {
  const filter = variable(randomUniform([3, 3, 3, 16], -1, 1, 'float32', 1)) as Variable & Tensor4D;
  const unused = variable(randomUniform([5], 0, 1, 'float32', 2));
  const step = ([x]: Tensor[]) => {
    const { value, grads } = variableGrads(
      () => mean(relu(conv2d(x as Tensor4D, filter, 1, 'same'))) as Scalar,
      [filter],
    );
    filter.assign(sub(filter, mul(grads[filter.name], 0.1)));
    return [value];
  };
  const x = randomUniform([2, 16, 16, 3], 0, 1, 'float32', 3);
  const before = Array.from(filter.dataSync());
  const program = await onnxFunction(trace([x], step));
  const explanation = await program.explain!([x]);

  expect(Array.from(filter.dataSync())).toEqual(before);
  expect(explanation).toMatchObject({
    engine: 'onnx',
    runtime: expect.stringMatching(/^onnxruntime-node \d+\.\d+\.\d+$/),
    variables: { count: 1, bytes: filter.size * 4, assigned: 1, overwritten: 1 },
  });
  expect(explanation.parts.map(({ kernel }) => kernel)).toEqual(
    expect.arrayContaining(['Conv2D', 'Conv2DBackpropFilter', 'Step', 'Mean']),
  );
  expect(explanation.milliseconds).toBeGreaterThan(0);
  expect(explanation.threads).toBeGreaterThan(0);
  expect(explanation.workingBytes).toBeGreaterThan(0);
  const text = formatExplanation(explanation);
  expect(text).toMatch(/^engine onnx: onnxruntime-node .* threads?, /);
  expect(text).toMatch(/1 variables \(0\.0 MB\), 1 assigned, 1 of them overwritten in place/);
  expect(text).toMatch(/\nConv2D +\d+ +\d+\.\d\d +\d+\.\d%/);
  await program.release();
  unused.dispose();
});
