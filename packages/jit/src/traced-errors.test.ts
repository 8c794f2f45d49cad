import { beforeAll, describe, expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import * as tfl from '@tensorflow/tfjs-layers';
import {
  add,
  dropout,
  keep,
  mul,
  randomNormal,
  ready,
  scalar,
  sum,
  tensor1d,
  tidy,
  truncatedNormal,
  variable,
} from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import { jit } from './jit.ts';

beforeAll(ready);

const x = () => tensor1d([1, 2]);
type Input = { x: Tensor1D };

const messageOf = (fn: (input: Input) => unknown) =>
  jit(fn)({ x: x() }).then(
    () => 'no error',
    (error: Error) => error.message,
  );

const HERE = 'packages/jit/src/traced-errors\\.test\\.ts:\\d+:\\d+';

describe('reading a value shows the line that does it', () => {
  const weight = variable(scalar(1));
  test.each<[string, (input: Input) => unknown]>([
    ['dataSync', ({ x }) => mul(x, sum(x).dataSync()[0])],
    ['arraySync', ({ x }) => mul(x, sum(x).arraySync() as number)],
    ['a comparison', ({ x }) => ((sum(x) as unknown as number) > 0 ? x : mul(x, 2))],
    ['print', ({ x }) => (sum(x).print(), x)],
    ['a promise that nobody awaits', ({ x }) => (void sum(x).data(), x)],
    ['an async function', async ({ x }) => mul(x, (await sum(x).data())[0])],
    ['a variable, which has a value, but another one in the next call', ({ x }) => mul(x, weight.dataSync()[0])],
    ["a variable's promise", ({ x }) => (void weight.data(), x)],
    [
      'deep inside TensorFlow.js',
      ({ x }) => tidy(() => tidy(() => tidy(() => tidy(() => mul(x, sum(x).dataSync()[0]))))),
    ],
  ])('%s', async (_name, fn) => {
    expect(await messageOf(fn)).toMatch(new RegExp(`value is read inside a traced function at ${HERE}, where.*eager`));
  });

  test('numbers that are known may be read', async () => {
    const captured = tensor1d([3, 4]);
    const result = await jit(({ x }: Input) => mul(x, scalar(2).dataSync()[0] + captured.dataSync()[1]))({ x: x() });
    expect(Array.from(result.dataSync())).toEqual([6, 12]);
  });
});

describe('random numbers inside are refused', () => {
  test.each<[string, string, (input: Input) => unknown]>([
    ['Math.random', 'Math.random', ({ x }) => mul(x, Math.random())],
    ['a random branch', 'Math.random', ({ x }) => (Math.random() < 0.5 ? x : mul(x, 2))],
    ['randomNormal', 'tf.randomNormal', ({ x }) => add(x, randomNormal([2]))],
    ['truncatedNormal', 'tf.truncatedNormal', ({ x }) => add(x, truncatedNormal([2]))],
    ['a branch on a drawn number', 'tf.randomNormal', ({ x }) => (randomNormal([1]).dataSync()[0] > 0 ? x : mul(x, 2))],
    ['dropout', 'tf.dropout', ({ x }) => dropout(x, 0.5)],
    [
      'a dropout layer',
      'the layer Dropout',
      ({ x }) => tfl.layers.dropout({ rate: 0.5 }).apply(x, { training: true }) as Tensor,
    ],
    [
      'a noise layer',
      'the layer GaussianNoise',
      ({ x }) => tfl.layers.gaussianNoise({ stddev: 1 }).apply(x, { training: true }) as Tensor,
    ],
  ])('%s', async (_name, what, fn) => {
    expect(await messageOf(fn)).toMatch(
      new RegExp(`^jit: ${what} draws random numbers inside a traced function at ${HERE}: .*pass`),
    );
  });

  test('not those that come out of a seed, nor a dropout layer that is not in training', async () => {
    const layer = tfl.layers.dropout({ rate: 0.5 });
    const fn = ({ x }: Input) => add(layer.apply(x) as Tensor, randomNormal([2], 0, 1, 'float32', 3));
    const [eager, compiled] = [await jit(fn, { engine: 'eager' })({ x: x() }), await jit(fn)({ x: x() })];
    expect(Array.from(compiled.dataSync())).toEqual(Array.from(eager.dataSync()));
  });

  test('Math.random is itself again afterwards', async () => {
    const before = Math.random;
    await messageOf(({ x }) => mul(x, Math.random()));
    expect(Math.random).toBe(before);
  });
});

describe('disposed tensors', () => {
  test('one that the function disposes and uses again', async () => {
    expect(
      await messageOf(({ x }) => {
        const y = mul(x, 2);
        y.dispose();
        return add(y, 1);
      }),
    ).toMatch(new RegExp(`uses a tensor \\[2\\] float32 at ${HERE}, which has been disposed`));
  });

  test('one from outside', async () => {
    const offset = tensor1d([1, 1]);
    const fn = jit(({ x }: Input) => add(x, offset));
    await fn({ x: x() });
    offset.dispose();
    await expect(fn({ x: x() })).rejects.toThrow(
      new RegExp(`uses a tensor \\[2\\] float32 at ${HERE}, which has been disposed`),
    );
  });

  test('an input', async () => {
    const input = x();
    input.dispose();
    await expect(jit(({ x }: Input) => x)({ x: input })).rejects.toThrow('the input.x has been disposed');
  });

  test('a variable disposed between calls', async () => {
    const weight = variable(tensor1d([1, 1]), true, 'doomed');
    const fn = jit(({ x }: Input) => {
      weight.assign(add(weight, x));
      return weight.clone();
    });
    await fn({ x: x() });
    weight.dispose();
    await expect(fn({ x: x() })).rejects.toThrow(
      new RegExp(`uses the variable doomed at ${HERE}, which has been disposed`),
    );
  });

  test('a function that takes another variable instead goes on', async () => {
    let weight = variable(tensor1d([1, 1]));
    const fn = jit(({ x }: Input) => mul(weight, x));
    await fn({ x: x() });
    weight.dispose();
    weight = variable(tensor1d([5, 5]));
    expect(Array.from((await fn({ x: x() })).dataSync())).toEqual([5, 10]);
  });

  test('an intermediate result may be disposed after it was assigned', async () => {
    const weight = variable(tensor1d([1, 1]));
    const fn = jit(({ x }: Input) => {
      const next = mul<Tensor1D>(weight, x);
      weight.assign(next);
      next.dispose();
      tidy(() => weight.assign(add<Tensor1D>(weight, 1)));
      return weight.clone();
    });
    expect(Array.from((await fn({ x: x() })).dataSync())).toEqual([2, 3]);
  });
});

describe('tensors that outlive the trace', () => {
  test('one of known numbers lives on', async () => {
    let cached: Tensor | undefined;
    const fn = jit(({ x }: Input) => mul(x, (cached ??= keep(scalar(3)))));
    expect(Array.from((await fn({ x: x() })).dataSync())).toEqual([3, 6]);
    expect(Array.from((await fn({ x: tensor1d([1, 2, 3]) })).dataSync())).toEqual([3, 6, 9]);
    expect(Array.from(add(cached!, 1).dataSync())).toEqual([4]);
  });

  test('one that stands for a computed value says so', async () => {
    let leaked: Tensor | undefined;
    await jit(({ x }: Input) => (leaked = keep(mul(x, 2))))({ x: x() });
    expect(() => leaked!.dataSync()).toThrow(new RegExp(`used after the function has returned at ${HERE}`));
    expect(await messageOf(({ x }) => add(x, leaked!))).toMatch(
      new RegExp(`used after the function has returned at ${HERE}`),
    );
  });
});

test('a compiled function called inside another is refused at once', async () => {
  const inner = jit(({ x }: Input) => mul(x, 2), { name: 'inner' });
  expect(await messageOf((input) => inner(input))).toMatch(
    new RegExp(`the compiled function inner is called at ${HERE} while another is traced`),
  );
});
