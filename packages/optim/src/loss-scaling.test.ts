import { expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import { div, mul, scalar, square, sum, tensor1d, variable } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import { jit, type Engine } from '@segsde/jit';
import { lossScaling } from './loss-scaling.ts';
import { sgd } from './sgd.ts';
import { valueAndGradients } from './value-and-gradients.ts';

const values = (tensor: Tensor) => Array.from(tensor.dataSync());

/** Five steps on the sum of squares; in the third the loss is divided by what `third` says. */
async function train(engine: Engine, third: number, scaled = true) {
  const weight = variable(tensor1d([1, -2]), true, `weight ${engine} ${third} ${scaled}`);
  const plain = sgd([{ name: 'all', variables: [weight] }], { momentum: 0.5 });
  const optimizer = lossScaling(plain, { variables: [weight], initialScale: 8, growthInterval: 2 });
  const step = jit(
    ({ divisor, rate }: { divisor: Scalar; rate: Scalar }) => {
      const terms = () => ({ loss: div(sum(square(weight)), divisor) as Scalar });
      const { losses, grads } = valueAndGradients([weight], terms, scaled ? { scale: optimizer.scale } : {});
      (scaled ? optimizer : plain).apply(grads, { all: rate });
      return { loss: losses.loss };
    },
    { engine },
  );
  const trail: number[][] = [];
  for (let i = 0; i < 5; i++) {
    (await step({ divisor: scalar(i === 2 ? third : 1), rate: scalar(0.1) })).loss.dispose();
    trail.push([...values(weight), ...values(plain.state[0]), values(optimizer.scale)[0]]);
  }
  [weight, ...optimizer.state].forEach((made) => made.dispose());
  return trail;
}

test.each<Engine>(['eager', 'onnx'])('with finite gradients nothing changes but the scale (%s)', async (engine) => {
  const [scaled, plain] = [await train(engine, 1), await train(engine, 1, false)];
  scaled.forEach((row, i) => row.slice(0, 4).forEach((value, k) => expect(value).toBeCloseTo(plain[i][k], 6)));
  expect(scaled.map((row) => row[4])).toEqual([8, 16, 16, 32, 32]);
});

test.each<Engine>(['eager', 'onnx'])('a step whose gradients are not finite is left out (%s)', async (engine) => {
  const trail = await train(engine, 0);
  expect(trail[2].slice(0, 4)).toEqual(trail[1].slice(0, 4));
  expect(trail[3].slice(0, 4)).not.toEqual(trail[2].slice(0, 4));
  expect(trail.map((row) => row[4])).toEqual([8, 16, 8, 8, 16]);
  expect(trail.flat().every(Number.isFinite)).toBe(true);
});

test('the scale is saved with the rest of the state', () => {
  const weight = variable(tensor1d([1]), true, 'saved');
  const optimizer = lossScaling(sgd([{ name: 'all', variables: [weight] }]), { variables: [weight] });
  expect(optimizer.state).toHaveLength(2);
  expect(optimizer.state[0]).toBe(optimizer.scale);
  expect(values(mul(optimizer.scale, 1))).toEqual([65536]);
});

test('several live side by side', () => {
  const weight = variable(tensor1d([1]), true, 'shared');
  const scaled = () => lossScaling(sgd([{ name: 'all', variables: [weight] }]), { variables: [weight] });
  expect(scaled().scale).not.toBe(scaled().scale);
});
