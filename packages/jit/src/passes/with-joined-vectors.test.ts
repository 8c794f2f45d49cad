import { afterEach, expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import { add, disposeVariables, mean, mul, ready, square, tensor, tensor1d, variable } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Variable } from '@tensorflow/tfjs-core';
import type { Graph } from '../graph.ts';
import { onnxFunction } from '../onnx/run-program.ts';
import { trace } from '../trace.ts';
import { withJoinedVectors } from './with-joined-vectors.ts';

afterEach(disposeVariables);

const noise = (count: number, pace: number) => Float32Array.from({ length: count }, (_, i) => Math.sin(pace * (i + 1)));
const kernelsOf = ({ nodes }: Graph) => nodes.map(({ kernel }) => kernel);
const values = (tensors: readonly Tensor[]) => tensors.map((each) => [...each.dataSync()]);

/**
 * Statistics of three layers that follow those of two batches, and one vector that is also a
 * result.
 */
function statistics() {
  const lengths = [4, 7, 3];
  const running = lengths.map((length, i) => variable(tensor1d(noise(length, i + 1)))) as (Variable & Tensor1D)[];
  const images = lengths.map((length, i) => tensor(noise(2 * 3 * length, 3.3 + i), [2, 3, length]));
  const step = (batches: Tensor[]) => {
    for (const factor of [0.1, 0.2]) {
      running.forEach((each, i) => {
        const batch = mean(square(batches[i]), [0, 1]) as Tensor1D;
        each.assign(add(mul(each, 1 - factor), mul(batch, factor)));
      });
    }
    return [mul(running[0], 2)];
  };
  return { running, images, step, graph: () => trace(images, step) };
}

test('vectors that are only assigned are computed end to end', async () => {
  await ready();
  const { graph } = statistics();
  const kernels = kernelsOf(withJoinedVectors(graph()));
  const count = (kernel: string) => kernels.filter((each) => each === kernel).length;
  // The first vector is read by the result, so all that makes it stays; the other two go together.
  expect(kernelsOf(graph()).filter((kernel) => kernel === 'Multiply')).toHaveLength(13);
  expect(count('SplitV')).toBe(1);
  expect(count('Multiply')).toBe(4 + 1 + 4);
});

test('they come out the same', async () => {
  await ready();
  const { running, images, graph } = statistics();
  const before = running.map((each) => each.clone());
  const apart = await onnxFunction(graph());
  const expected = [...(await apart.run(images)), ...running];
  const wanted = values(expected);
  await apart.release();
  running.forEach((each, i) => each.assign(before[i]));
  const joined = await onnxFunction(graph(), 'cpu', { block: 0, inPlace: false, device: 'cuda' });
  const seen = values([...(await joined.run(images)), ...running]);
  await joined.release();
  expect(seen).toEqual(wanted.map((numbers) => numbers.map((number) => expect.closeTo(number, 5))));
});

test('what differs in a number, or is read by something else, stays apart', async () => {
  await ready();
  const [a, b] = [3, 4].map((length) => variable(tensor1d(noise(length, 1)))) as (Variable & Tensor1D)[];
  const differing = trace([], () => {
    a.assign(mul(a, 0.5));
    b.assign(mul(b, 0.25));
    return [];
  });
  expect(kernelsOf(withJoinedVectors(differing))).toEqual(['Multiply', 'Multiply']);
  const read = trace([], () => {
    a.assign(mul(a, 0.5));
    b.assign(mul(b, 0.5));
    return [mean(a), mean(b)];
  });
  expect(kernelsOf(withJoinedVectors(read))).toEqual(kernelsOf(read));
});
