import { expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import { tensor1d } from '@tensorflow/tfjs-core';
import { disparityToDepth } from './disparity-to-depth.ts';
import { expectGradients } from './expect-gradients.test.kit.ts';

test('disparity 1 is the nearest depth, 0 the farthest', () => {
  const [near, far] = disparityToDepth(tensor1d([1, 0])).dataSync();
  expect(near).toBeCloseTo(0.1, 6);
  expect(far).toBeCloseTo(100, 3);
  const [nearer, farther] = disparityToDepth(tensor1d([1, 0]), { minDepth: 2, maxDepth: 8 }).dataSync();
  expect([nearer, farther]).toEqual([2, 8]);
});

test('its gradient is what finite differences give', () => {
  expectGradients((x) => disparityToDepth(x, { minDepth: 1, maxDepth: 10 }), [tensor1d([0.1, 0.5, 0.9])], {
    step: 0.003,
  });
});
