import { expect, test } from '@jest/globals';
import { fileURLToPath } from 'node:url';
import { readManifest } from './manifest.ts';
import { weightValues } from './weight-values.ts';

const manifest = readManifest(fileURLToPath(new URL('../../fixtures', import.meta.url)));
const [convolution, variance, prefixed] = (manifest.general.hash as { check_weights: { value: number }[] })
  .check_weights;

test('weights are those of the manifest', () => {
  const runningVariance = 'encoder.layer1.0.bn1.running_var';
  expect(weightValues('models.encoder.encoder.conv1.weight', [64, 3, 7, 7])[9407]).toBe(convolution.value);
  expect(weightValues(runningVariance, [64])[5]).toBe(variance.value);
  expect(weightValues(runningVariance, [64], { prefix: 'h1.' })[5]).toBe(prefixed.value);
});

test('a scale multiplies before the rounding', () => {
  const plain = weightValues('head.2.weight', [2, 3, 1, 1]);
  const scaled = weightValues('head.2.weight', [2, 3, 1, 1], { scale: 25 });
  scaled.forEach((value, i) => expect(value).toBeCloseTo(25 * plain[i], 4));
});

test('a batch norm starts near 1, a bias near 0', () => {
  const gamma = weightValues('bn.weight', [100]);
  const beta = weightValues('bn.bias', [100]);
  expect(Math.max(...gamma.map((value) => Math.abs(value - 1)))).toBeLessThanOrEqual(0.1);
  expect(Math.max(...beta.map(Math.abs))).toBeLessThanOrEqual(0.1);
});
