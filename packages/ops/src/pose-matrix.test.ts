import { expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import {
  eye,
  grad,
  matMul,
  mul,
  reshape,
  sum,
  tensor1d,
  tensor2d,
  transpose,
  type Tensor,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expectGradients } from './expect-gradients.test.kit.ts';
import { poseMatrix } from './pose-matrix.ts';
import { rotationFromAxisAngle } from './rotation-from-axis-angle.ts';

const expectClose = (actual: Tensor, expected: ArrayLike<number>, digits = 5) =>
  actual.dataSync().forEach((value, i) => expect(value).toBeCloseTo(expected[i], digits));

const vector = fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 3, maxLength: 3 });

test('a quarter turn around z takes x to y', () => {
  expectClose(rotationFromAxisAngle(tensor2d([[0, 0, Math.PI / 2]])), [0, -1, 0, 1, 0, 0, 0, 0, 1]);
});

test('rotations keep lengths and angles, and leave their axis where it is', () => {
  fc.assert(
    fc.property(vector, (axisAngle) => {
      const axis = tensor2d([axisAngle]);
      const rotation = reshape(rotationFromAxisAngle(axis), [3, 3]) as Tensor2D;
      expectClose(matMul(rotation, transpose(rotation)), eye(3).dataSync(), 4);
      expectClose(matMul(axis, transpose(rotation)), axisAngle, 4);
    }),
    { numRuns: 50, seed: 1 },
  );
});

test('inverted twice is where it was: T(t)·R times Rᵀ·T(−t) is the identity', () => {
  fc.assert(
    fc.property(vector, vector, (axisAngle, translation) => {
      const [v, t] = [tensor2d([axisAngle]), tensor2d([translation])];
      const both = matMul(poseMatrix(v, t, { invert: false }), poseMatrix(v, t, { invert: true }));
      expectClose(both, eye(4).dataSync(), 4);
    }),
    { numRuns: 50, seed: 2 },
  );
});

test('turns first, then shifts', () => {
  const pose = poseMatrix(tensor2d([[0, 0, Math.PI / 2]]), tensor2d([[5, 6, 7]]), { invert: false });
  expectClose(pose, [0, -1, 0, 5, 1, 0, 0, 6, 0, 0, 1, 7, 0, 0, 0, 1]);
});

test('its gradients are what finite differences give', () => {
  const inputs: [Tensor2D, Tensor2D] = [
    tensor2d([
      [0.3, -0.2, 0.5],
      [2, 1, -0.4],
    ]),
    tensor2d([
      [1, 2, 3],
      [-0.5, 0.1, 0.2],
    ]),
  ];
  for (const invert of [false, true]) {
    expectGradients((v, t) => poseMatrix(v, t, { invert }), inputs);
  }
});

test('without rotation the matrix is the identity and its gradient 0', () => {
  const none = tensor2d([[0, 0, 0]]);
  expectClose(rotationFromAxisAngle(none), [1, 0, 0, 0, 1, 0, 0, 0, 1]);
  const gradient = grad((v) => sum(mul(rotationFromAxisAngle(v as Tensor2D), tensor1d([1, 2, 3]))))(none);
  expect(Array.from(gradient.dataSync(), Math.abs)).toEqual([0, 0, 0]);
});
