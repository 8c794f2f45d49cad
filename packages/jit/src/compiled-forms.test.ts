import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import {
  add,
  customGrad,
  grad,
  keep,
  memory,
  mul,
  ones,
  ready,
  scalar,
  square,
  sum,
  tensor1d,
  tidy,
  topk,
  unique,
  train,
  variable,
} from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import { jit } from './jit.ts';

beforeAll(ready);

type Input = { x: Tensor1D };
const of = (length: number) => ({ x: ones([length]) as Tensor1D });

/** A function that counts how often it is traced. */
function counted() {
  const count = { traces: 0 };
  const double = jit(
    ({ x }: Input) => {
      count.traces++;
      return mul(x, 2);
    },
    { name: 'double' },
  );
  return { count, double };
}

test('the most recently used forms are kept', async () => {
  const { count, double } = counted();
  for (let length = 1; length <= 32; length++) await double(of(length));
  await double(of(1));
  await double(of(33));
  expect(count.traces).toBe(33);
  await double(of(1));
  expect(count.traces).toBe(33);
  expect((await double(of(2))).shape).toEqual([2]);
  expect(count.traces).toBe(34);
});

describe('a warning says', () => {
  const warned = async (work: () => Promise<void>) => {
    const emitted = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    await work();
    const messages = emitted.mock.calls.map(([message]) => String(message));
    emitted.mockRestore();
    return messages;
  };

  test('which shapes keep changing, once', async () => {
    const both = jit((inputs: { image: Tensor; fixed: Tensor }) => add(sum(inputs.image), inputs.fixed), {
      name: 'both',
    });
    const messages = await warned(async () => {
      for (let size = 1; size <= 15; size++) await both({ image: ones([size, 3]), fixed: scalar(1) });
    });
    expect(messages.length).toBe(1);
    expect(messages[0]).toMatch(
      /^jit: both has been compiled 10 times.*: the input\.image is \[1,3\] float32, \[2,3\] float32, .*Pad or resize/,
    );
    expect(messages[0]).not.toMatch(/the input\.fixed/);
  });

  test('that something else changes', async () => {
    const weight = variable(scalar(1));
    const optimizer = train.sgd(0.1);
    const step = jit(({ x }: Input) => optimizer.minimize(() => mul(weight, sum(x)) as Scalar, true, [weight])!);
    const messages = await warned(async () => {
      for (let i = 1; i <= 10; i++) {
        optimizer.setLearningRate(1 / i);
        await step(of(1));
      }
    });
    expect(messages.length).toBe(1);
    expect(messages[0]).toMatch(/setting of an optimiser/);
  });

  test('nothing about a function with few forms', async () => {
    const { double } = counted();
    expect(
      await warned(async () => {
        for (let i = 0; i < 40; i++) await double(of(1 + (i % 5)));
      }),
    ).toEqual([]);
  });
});

describe('dispose', () => {
  test('lets a later call compile anew, and variables keep their values', async () => {
    const total = variable(scalar(0));
    let traces = 0;
    const accumulate = jit(({ x }: Input) => {
      traces++;
      total.assign(add(total, sum(x)));
      return [];
    });
    await accumulate(of(2));
    await accumulate.dispose();
    await accumulate.dispose();
    expect(total.dataSync()[0]).toBe(2);
    await accumulate(of(2));
    expect([total.dataSync()[0], traces]).toEqual([4, 2]);
  });

  test('waits for calls that were made before', async () => {
    const { count, double } = counted();
    const calls = [double(of(1)), double(of(2)), double(of(1))];
    const disposed = double.dispose();
    const after = double(of(2));
    const lengths = (await Promise.all(calls)).map(({ size }) => size);
    await disposed;
    expect(lengths).toEqual([1, 2, 1]);
    expect((await after).size).toBe(2);
    expect(count.traces).toBe(3);
  });
});

describe('no tensor is left behind', () => {
  const numbers = () => [memory().numTensors, memory().numBytes, memory().numDataBuffers];

  test('by tracing, running and disposing', async () => {
    const input = of(3);
    const weight = tidy(() => variable(tensor1d([1, 2, 3])));
    const before = numbers();
    const step = jit(({ x }: Input) => {
      const kept = keep(mul(x, 2));
      const slope = grad((y) => sum(square(mul(y, weight))))(kept);
      kept.dispose();
      weight.assign(add(weight, slope) as Tensor1D);
      return tidy(() => ({ slope: mul(slope, scalar(3)), copy: weight.clone() }));
    });
    for (let i = 0; i < 3; i++) Object.values(await step(input)).forEach((result) => result.dispose());
    await step.dispose();
    expect(numbers()).toEqual(before);
  });

  test.each<[string, (input: Input) => unknown]>([
    ['a missing kernel', ({ x }) => unique(mul(x, 3)).values],
    ['a value that is read', ({ x }) => mul(x, sum(x).dataSync()[0])],
    ['an error in the middle of a gradient', ({ x }) => grad((y) => sum(square(topk(square(y), 1).values)))(x)],
    [
      'an error in a gradient function',
      ({ x }) =>
        grad((y) =>
          sum(
            customGrad((z) => ({
              value: square(z as Tensor),
              gradFunc: () => {
                throw new Error('no gradient');
              },
            }))(square(y)),
          ),
        )(x),
    ],
  ])('by a trace that fails: %s', async (_name, fn) => {
    const input = of(3);
    const before = numbers();
    await expect(jit(fn)(input)).rejects.toThrow();
    expect(numbers()).toEqual(before);
  });
});

test('a graph can be printed', async () => {
  const weight = variable(tensor1d([1, 2, 3]), true, 'scale');
  const step = jit(({ x }: Input) => {
    weight.assign(mul(weight, x));
    return { sum: sum(add(weight, 0.5)) };
  });
  expect(await step.printGraph(of(3))).toBe(
    [
      '%0 float32[3] = input 0',
      '%1 float32[3] = variable scale',
      '%3 float32[] = constant 0.5',
      '%2 float32[3] = Multiply(a: %1 [3], b: %0 [3])',
      '%4 float32[3] = Add(a: %2 [3], b: %3 [])',
      '%5 float32[] = Sum(x: %4 [3]) { keepDims: false }',
      'variable scale := %2',
      'result 0 = %5',
    ].join('\n'),
  );
  expect(Array.from(weight.dataSync())).toEqual([1, 2, 3]);
});
