import { beforeEach, describe, expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import * as tfl from '@tensorflow/tfjs-layers';
import {
  add,
  cast,
  concat,
  conv2d,
  div,
  greater,
  image as tfImage,
  logSoftmax,
  matMul,
  maxPool,
  mean,
  moments,
  mul,
  neg,
  oneHot,
  ready,
  relu,
  reshape,
  rsqrt,
  scalar,
  slice,
  square,
  sub,
  sum,
  tensor,
  tensor1d,
  tensor2d,
  tensor4d,
  variable,
  variableGrads,
  zeros,
} from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor1D, Tensor2D, Tensor4D, Variable } from '@tensorflow/tfjs-core';
import { byteTensor } from './byte-tensor.ts';
import { jit } from './jit.ts';
import type { Engine } from './targets.ts';

const read = (tensor: Tensor) => Array.from(tensor.dataSync());

const noise = (n: number, seed: number) =>
  Float32Array.from({ length: n }, (_, i) => Math.sin(i * 12.9898 + seed * 78.233));

/** Training of a small network with strides, pooling, resizing and normalisation. */
function training(name: Engine) {
  const create = (seed: number, ...shape: number[]) =>
    variable(
      tensor(
        noise(
          shape.reduce((a, b) => a * b, 1),
          seed,
        ),
        shape,
      ),
    ) as Variable & Tensor4D;
  const [stem, deep, head] = [create(1, 3, 3, 2, 8), create(2, 3, 3, 8, 8), create(3, 1, 1, 8, 3)];
  const [scale, offset] = [create(4, 8), create(5, 8)];
  const variables = [stem, deep, head, scale, offset];
  const velocities = variables.map(({ shape }) => variable(zeros(shape)));
  const normalised = (x: Tensor) => {
    const { mean, variance } = moments(x, [0, 1, 2]);
    return add(mul(mul(sub(x, mean), rsqrt(add(variance, 1e-5))), scale), offset);
  };
  const network = (image: Tensor4D) => {
    const first = relu(normalised(conv2d(image, stem, 2, 1, 'NHWC', 1, 'floor'))) as Tensor4D;
    const second = relu(conv2d(maxPool(first, 3, 2, 'same'), deep, 1, 'same'));
    // A square, because TensorFlow.js's own gradient of resizing exchanges height and width.
    const larger = tfImage.resizeBilinear(second, [first.shape[1], first.shape[2]], true);
    return conv2d(add(larger, first) as Tensor4D, head, 1, 'same');
  };
  const step = jit(
    ({ image, label, rate }: { image: Tensor4D; label: Tensor; rate: Scalar }) => {
      const loss = () => {
        const logits = reshape(network(image), [-1, 3]);
        const picked = sum(mul(logSoftmax(logits), cast(oneHot(cast(label, 'int32'), 3), 'float32')), -1);
        return mean(neg(picked)) as Scalar;
      };
      const { value, grads } = variableGrads(loss, variables);
      variables.forEach((weight, i) => {
        velocities[i].assign(add(mul(velocities[i], 0.9), grads[weight.name]));
        weight.assign(sub(weight, mul(velocities[i], rate)) as Tensor4D);
      });
      return { loss: value };
    },
    { engine: name },
  );
  const batch = {
    image: tensor(noise(2 * 16 * 16 * 2, 6), [2, 16, 16, 2]) as Tensor4D,
    label: tensor1d(Int32Array.from({ length: 2 * 8 * 8 }, (_, i) => (i * 7) % 3)),
    rate: scalar(0.05),
  };
  return { variables: [...variables, ...velocities], step: () => step(batch) };
}

/** What every engine that compiles must do with variables, layers and training steps. */
export function testTarget(engine: Engine): void {
  beforeEach(ready);

  test('bytes come in as int32', async () => {
    const image = byteTensor(
      Uint8Array.from({ length: 192 }, (_, i) => (i * 37) % 256),
      [2, 4, 8, 3],
    );
    const label = byteTensor(Uint8Array.of(0, 2, 255, 1), [4]);
    const fn = ({ image, label }: { image: Tensor; label: Tensor }) => ({
      image: div(cast(image, 'float32'), 255),
      label,
      classes: oneHot(label as Tensor1D, 3),
    });
    const seen = await jit(fn, { engine })({ image, label });
    const expected = fn({ image, label });
    expect(read(seen.image)).toEqual(read(expected.image).map((number) => expect.closeTo(number, 6)));
    expect([read(seen.label), read(seen.classes)]).toEqual([read(expected.label), read(expected.classes)]);
  });

  describe('variables', () => {
    test('their newest value is seen outside, and what is assigned outside is seen inside', async () => {
      const count = variable(scalar(1));
      const increment = jit(
        ({ by }: { by: Scalar }) => {
          count.assign(add(count, by));
          return { now: count.clone() };
        },
        { engine },
      );
      await increment({ by: scalar(2) });
      expect(read(count)).toEqual([3]);
      expect((await count.data())[0]).toBe(3);
      await increment({ by: scalar(2) });
      expect(read(add(count, 1))).toEqual([6]);
      await increment({ by: scalar(2) });
      expect(read(count)).toEqual([7]);
      count.assign(scalar(10));
      const { now } = await increment({ by: scalar(2) });
      expect([read(now), read(count)]).toEqual([[12], [12]]);
    });

    test.each<[Engine, Engine]>([
      [engine, engine],
      [engine, 'onnx'],
      ['onnx', engine],
      [engine, 'eager'],
      ['eager', engine],
    ])('a function on %s and another on %s share them', async (first, second) => {
      const weight = variable(tensor4d([1, 2, 3, 4], [1, 1, 2, 2])) as Variable & Tensor4D;
      const bias = variable(tensor1d([0, 0])) as Variable & Tensor1D;
      const double = jit(
        () => {
          weight.assign(mul(weight, 2));
          return [];
        },
        { engine: first },
      );
      const shift = jit(
        () => {
          bias.assign(add(bias, sum(weight)) as Tensor1D);
          return { seen: weight.clone() };
        },
        { engine: second },
      );
      const predict = jit(({ x }: { x: Tensor4D }) => add(conv2d(x, weight, 1, 'same'), bias), { engine: second });
      const x = tensor4d([1, 10], [1, 1, 1, 2]);
      expect(read(await predict({ x }))).toEqual([31, 42]);
      await double([]);
      expect(read(await predict({ x }))).toEqual([62, 84]);
      expect(read((await shift([])).seen)).toEqual([2, 4, 6, 8]);
      await double([]);
      await double([]);
      expect(read((await shift([])).seen)).toEqual([8, 16, 24, 32]);
      expect(read(await predict({ x }))).toEqual([248 + 100, 336 + 100]);
      expect([read(weight), read(bias)]).toEqual([
        [8, 16, 24, 32],
        [100, 100],
      ]);
    });

    test('they keep their values when the function that computed them is disposed', async () => {
      const [a, b] = [variable(scalar(1)), variable(scalar(2))];
      const step = () =>
        jit(
          () => {
            a.assign(add(a, b));
            return [];
          },
          { engine },
        );
      const first = step();
      await first([]);
      void first.dispose();
      await Promise.resolve();
      expect([read(a), read(b)]).toEqual([[3], [2]]);
      await step()([]);
      expect(read(a)).toEqual([5]);
    });

    test('a value read earlier does not change later', async () => {
      const weight = variable(tensor1d([1, 2, 3]));
      const double = jit(
        () => {
          weight.assign(mul(weight, 2));
          return { before: weight.clone() };
        },
        { engine },
      );
      await double([]);
      const first = weight.dataSync();
      const copy = weight.clone();
      const { before } = await double([]);
      await double([]);
      expect([Array.from(first), read(copy), read(before)]).toEqual([
        [2, 4, 6],
        [2, 4, 6],
        [4, 8, 12],
      ]);
      expect(read(weight)).toEqual([8, 16, 24]);
    });

    test('one that was assigned to another leaves it behind when it changes', async () => {
      const [student, teacher] = [variable(tensor1d([1, 2])), variable(tensor1d([0, 0]))];
      const step = jit(
        () => {
          student.assign(mul(student, 2));
          return { distance: sum(sub(student, teacher)) };
        },
        { engine },
      );
      await step([]);
      teacher.assign(student);
      for (const distance of [6, 18]) expect(read((await step([])).distance)).toEqual([distance]);
      expect([read(student), read(teacher)]).toEqual([
        [8, 16],
        [2, 4],
      ]);
    });

    test('two can exchange their values', async () => {
      const [a, b] = [variable(tensor1d([1, 2])), variable(tensor1d([3, 4]))];
      const exchange = jit(
        () => {
          const [x, y] = [a.clone(), b.clone()];
          a.assign(y);
          b.assign(x);
          return [];
        },
        { engine },
      );
      for (let i = 0; i < 3; i++) await exchange([]);
      expect([read(a), read(b)]).toEqual([
        [3, 4],
        [1, 2],
      ]);
    });

    test('truth values and whole numbers are kept as well', async () => {
      const seen = variable(greater(tensor1d([0, 0, 0]), 0));
      const count = variable(tensor1d([1, 2, 3], 'int32'));
      const step = jit(
        ({ x }: { x: Tensor1D }) => {
          seen.assign(greater(x, 1));
          count.assign(add(count, count));
          return { seen: seen.clone(), count: count.clone() };
        },
        { engine },
      );
      const results = await step({ x: tensor1d([0, 2, 3]) });
      expect([results.seen.dtype, results.count.dtype]).toEqual(['bool', 'int32']);
      expect([read(seen), read(count)]).toEqual([
        [0, 1, 1],
        [2, 4, 6],
      ]);
    });
  });

  test('five training steps give the losses, weights and momenta that they give eagerly', async () => {
    const [eager, compiled] = [training('eager'), training(engine)];
    const losses: number[] = [];
    for (let i = 0; i < 5; i++) {
      const [expected, actual] = [(await eager.step()).loss, (await compiled.step()).loss];
      losses.push(expected.dataSync()[0]);
      expect(actual.dataSync()[0]).toBeCloseTo(losses[i], 5);
    }
    expect(losses[4]).toBeLessThan(losses[0]);
    eager.variables.forEach((weight, i) => {
      const actual = compiled.variables[i].dataSync();
      weight.dataSync().forEach((value, k) => expect(actual[k]).toBeCloseTo(value, 4));
    });
  });

  test('tf.layers models train as they do eagerly', async () => {
    const curves: number[][] = [];
    for (const name of ['eager', engine] as const) {
      const kernelInitializer = (seed: number) => tfl.initializers.glorotUniform({ seed });
      const model = tfl.sequential({
        layers: [
          tfl.layers.dense({ inputShape: [3], units: 8, activation: 'tanh', kernelInitializer: kernelInitializer(1) }),
          tfl.layers.dense({ units: 1, kernelInitializer: kernelInitializer(2) }),
        ],
      });
      const variables = model.trainableWeights.map((weight) => weight.read() as Variable);
      const step = jit(
        ({ x, y }: { x: Tensor2D; y: Tensor2D }) => {
          const loss = () => sum(square(sub(model.apply(x, { training: true }) as Tensor, y))) as Scalar;
          const { value, grads } = variableGrads(loss, variables);
          for (const weight of variables) weight.assign(sub(weight, mul(grads[weight.name], 0.05)));
          return { loss: value };
        },
        { engine: name },
      );
      const x = tensor2d([
        [0, 1, 2],
        [1, 0, -1],
        [0.5, 0.5, 0],
      ]);
      const y = tensor2d([[1], [-1], [0]]);
      const curve = [];
      for (let i = 0; i < 5; i++) curve.push((await step({ x, y })).loss.dataSync()[0]);
      curves.push(curve);
    }
    expect(curves[0][4]).toBeLessThan(curves[0][0] / 2);
    curves[1].forEach((loss, i) => expect(loss).toBeCloseTo(curves[0][i], 5));
  });

  test('constants that are large, and empty tensors, go in as well', async () => {
    const table = tensor(noise(40000, 1), [200, 200]);
    const nothing = tensor2d([], [0, 3]);
    const f = jit(
      ({ x }: { x: Tensor2D }) => ({
        product: matMul(x, table as Tensor2D),
        joined: concat([nothing, slice(reshape(x, [2, 100]), [0, 0], [2, 3])]),
      }),
      { engine },
    );
    const x = tensor2d(noise(200, 2), [1, 200]);
    const { product, joined } = await f({ x });
    const expected = matMul(x, table as Tensor2D).dataSync();
    product.dataSync().forEach((value, i) => expect(value).toBeCloseTo(expected[i], 4));
    expect(joined.shape).toEqual([2, 3]);
  });
}
