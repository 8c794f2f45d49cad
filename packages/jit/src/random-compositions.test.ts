import { expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { jit } from './jit.ts';
import { interpret, programs } from './random-compositions.test.kit.ts';

/** One number that depends on every element of every output, each in its own way. */
const total = (outputs: readonly tf.Tensor[]): tf.Scalar =>
  tf.addN(
    outputs.map((output, i) => tf.sum(tf.mul(output, tf.cos(tf.reshape(tf.range(i, i + output.size), output.shape))))),
  ) as tf.Scalar;

function expectClose(actual: tf.Tensor, expected: tf.Tensor): void {
  expect([actual.dtype, actual.shape]).toEqual([expected.dtype, expected.shape]);
  const [is, shouldBe] = [Array.from(actual.dataSync()), Array.from(expected.dataSync())];
  const scale = shouldBe.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1);
  const worst = shouldBe.reduce((largest, value, i) => Math.max(largest, Math.abs(value - is[i])), 0);
  expect(shouldBe.every(Number.isFinite)).toBe(true);
  expect(worst).toBeLessThanOrEqual(2e-5 * scale);
}

test('200 random compositions: compiled values and gradients equal eager ones', async () => {
  await fc.assert(
    fc.asyncProperty(programs, async (program) => {
      const { inputs, outputs } = interpret(program);
      const valuesAndGradients = (given: tf.Tensor[]) => ({
        values: outputs(given),
        gradients: tf.grads((...moving: tf.Tensor[]) => total(outputs(moving)))(given),
      });
      const eager = valuesAndGradients(inputs);
      const compiled = jit(valuesAndGradients);
      const result = await compiled(inputs);
      result.values.forEach((value, i) => expectClose(value, eager.values[i]));
      result.gradients.forEach((gradient, i) => expectClose(gradient, eager.gradients[i]));
      await compiled.dispose();
      tf.dispose([eager, result, inputs]);
    }),
    { numRuns: 200, seed: 20210619, endOnFailure: false },
  );
});
