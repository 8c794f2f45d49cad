import { expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import { add, memory, mul, sum, tensor1d, variable } from '@tensorflow/tfjs-core';
import type { Tensor1D, Variable } from '@tensorflow/tfjs-core';
import { jit } from '../jit.ts';
import { testKernels } from '../kernels/kernel-cases.test.kit.ts';
import { testTarget } from '../target.test.kit.ts';

const engine = 'onnx-webgpu';
/** Cards have no transposed convolutions of volumes. */
const VOLUMES = ['conv3d', 'pools of volumes'];

testTarget(engine);
testKernels(engine, {
  // WGSL allows for 4096 units in the last place.
  tolerances: { asin: 4096 * 2 ** -23, acos: 4096 * 2 ** -23 },
  withoutGradients: VOLUMES,
});

test('calls leave no tensor behind', async () => {
  const weight = variable(tensor1d([1, 2])) as Variable & Tensor1D;
  const step = jit(
    ({ x }: { x: Tensor1D }) => {
      weight.assign(add(weight, x));
      return { sum: sum(weight) };
    },
    { engine },
  );
  const watch = jit(({ x }: { x: Tensor1D }) => mul(weight, x), { engine });
  const once = async (i: number) => {
    const x = tensor1d([1, 1]);
    (await step({ x })).sum.dispose();
    if (i % 10 === 0) (await watch({ x })).dispose();
    if (i % 50 === 0) weight.dataSync();
    x.dispose();
  };
  await once(0);
  const { numTensors, numBytes } = memory();
  for (let i = 1; i <= 200; i++) await once(i);
  expect([memory().numTensors, memory().numBytes]).toEqual([numTensors, numBytes]);
  expect(Array.from(weight.dataSync())).toEqual([202, 203]);
});
