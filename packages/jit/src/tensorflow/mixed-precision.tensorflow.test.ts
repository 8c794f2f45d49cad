import { beforeEach, expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import {
  add,
  conv2d,
  div,
  engine,
  logSoftmax,
  matMul,
  mean,
  mul,
  neg,
  oneHot,
  ready,
  relu,
  reshape,
  scalar,
  sub,
  sum,
  tensor,
  variable,
  variableGrads,
} from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor2D, Tensor4D, Variable } from '@tensorflow/tfjs-core';
import { jit } from '../jit.ts';
import type { JitOptions } from '../jit.ts';

beforeEach(ready);

const noise = (shape: number[], seed: number) => {
  const size = shape.reduce((a, b) => a * b, 1);
  const data = Float32Array.from({ length: size }, (_, i) => {
    const x = Math.sin((i + 1) * 12.9898 + seed * 78.233) * 43758.5453;
    return (x - Math.floor(x)) * 2 - 1;
  });
  return tensor(data, shape);
};

/** 20 steps of a small classifier. */
async function train(options: JitOptions) {
  const create = (seed: number, ...shape: number[]) => variable(mul(noise(shape, seed), 0.3));
  const first = create(1, 3, 3, 3, 16) as Variable & Tensor4D;
  const second = create(2, 3, 3, 16, 16) as Variable & Tensor4D;
  const head = create(3, 16, 4) as Variable & Tensor2D;
  const variables = [first, second, head];
  const step = jit(({ image, label, rate }: { image: Tensor4D; label: Tensor; rate: Scalar }) => {
    const loss = () => {
      const features = relu(conv2d(relu(conv2d(image, first, 2, 'same')), second, 1, 'same'));
      const logits = matMul(reshape(mean(features, [1, 2]), [-1, 16]), head);
      return mean(neg(sum(mul(logSoftmax(logits), oneHot(label, 4)), -1))) as Scalar;
    };
    const { value, grads } = variableGrads(loss, variables);
    for (const weight of variables) weight.assign(sub(weight, mul(grads[weight.name], rate)));
    return { loss: value };
  }, options);
  const batch = {
    image: add(
      noise([16, 12, 12, 3], 4),
      reshape(tensor(Float32Array.from({ length: 16 }, (_, i) => i % 4)), [16, 1, 1, 1]),
    ) as Tensor4D,
    label: tensor(Int32Array.from({ length: 16 }, (_, i) => i % 4)),
    rate: scalar(0.1),
  };
  const losses: number[] = [];
  for (let i = 0; i < 20; i++) losses.push((await step(batch)).loss.dataSync()[0]);
  await step.dispose();
  return { losses, weights: variables.map((weight) => weight.dataSync<'float32'>()) };
}

/** Bits of a float32 that the type has no room for. */
const LOST = { bfloat16: 0xffff, float16: 0x1fff };

test.each(['bfloat16', 'float16'] as const)(
  'training with %s follows training with float32',
  async (mixedPrecision) => {
    const exact = await train({ engine: 'tensorflow' });
    const mixed = await train({ engine: 'tensorflow', mixedPrecision });
    expect(exact.losses[19]).toBeLessThan(0.75 * exact.losses[0]);
    mixed.losses.forEach((loss, i) => expect(Math.abs(loss / exact.losses[i] - 1)).toBeLessThan(0.02));
    // It is another computation, and the weights keep all their digits.
    expect(mixed.losses).not.toEqual(exact.losses);
    const isShort = (value: number) => (new Uint32Array(Float32Array.of(value).buffer)[0] & LOST[mixedPrecision]) === 0;
    for (const weights of mixed.weights) expect(weights.every(isShort)).toBe(false);
  },
);

test.each(['bfloat16', 'float16'] as const)(
  'dilated convolutions and their gradients in %s are near those with float32',
  async (mixedPrecision) => {
    const [x, filter] = [noise([2, 10, 12, 16], 1), noise([3, 3, 16, 8], 2)];
    const attrs = { strides: 1, pad: 'same', dilations: 2, dataFormat: 'NHWC' };
    const both = (inputs: { x: Tensor; filter: Tensor }) => {
      const y = engine().runKernel('Conv2D', inputs, attrs) as Tensor;
      const run = (kernel: string, operands: Record<string, Tensor>, more: object) =>
        engine().runKernel(kernel, operands, { ...attrs, ...more }) as Tensor;
      return [
        y,
        run('Conv2DBackpropInputV2', { dy: y, filter: inputs.filter }, { inputShape: inputs.x.shape }),
        run('Conv2DBackpropFilterV2', { x: inputs.x, dy: y }, { filterShape: inputs.filter.shape }),
      ];
    };
    const exact = await jit(both, { engine: 'tensorflow' })({ x, filter });
    const mixed = await jit(both, { engine: 'tensorflow', mixedPrecision })({ x, filter });
    exact.forEach((expected, i) => {
      const values = expected.dataSync<'float32'>();
      const largest = values.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
      const actual = mixed[i].dataSync();
      const worst = values.reduce((a, value, k) => Math.max(a, Math.abs(actual[k] - value)), 0);
      expect(mixed[i].dtype).toBe('float32');
      expect(worst).toBeLessThan(0.02 * largest);
    });
  },
);

test('gradients that are too small for float16 survive where the loss is scaled', async () => {
  const x = mul(noise([8, 16], 1), 1e-5) as Tensor2D;
  const weight = variable(noise([16, 4], 2)) as Variable & Tensor2D;
  const gradient =
    (scale: number) =>
    ({ x }: { x: Tensor2D }) => {
      const loss = () => mul(sum(mul(matMul(x, weight), 1e-4)), scale) as Scalar;
      return div(variableGrads(loss, [weight]).grads[weight.name], scale);
    };
  const norm = async (scale: number, options: JitOptions) => {
    const result = await jit(gradient(scale), { engine: 'tensorflow', ...options })({ x });
    return Math.hypot(...result.dataSync());
  };
  const exact = await norm(1, {});
  expect(Math.abs((await norm(65536, { mixedPrecision: 'float16' })) / exact - 1)).toBeLessThan(0.01);
  expect(Math.abs((await norm(1, { mixedPrecision: 'float16' })) / exact - 1)).toBeGreaterThan(0.1);
});
