import { expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import { add, grad, grads, sum, tensor3d, type Tensor3D } from '@tensorflow/tfjs-core';
import { automask } from './automask.ts';
import { minimumReprojection } from './minimum-reprojection.ts';

const map = (...values: number[]) => tensor3d(values, [1, 1, values.length]);
const valuesOf = (x: Tensor3D) => Array.from(x.dataSync(), (value) => Number(value.toFixed(6)));

test('per pixel the best source counts, and gets the gradient; at a tie the first does', () => {
  const [a, b] = [map(1, 4, 2), map(3, 2, 2)];
  expect(valuesOf(minimumReprojection([a, b]))).toEqual([1, 2, 2]);
  const [toA, toB] = grads((x, y) => sum(minimumReprojection([x as Tensor3D, y as Tensor3D])))([a, b]);
  expect([valuesOf(toA as Tensor3D), valuesOf(toB as Tensor3D)]).toEqual([
    [1, 0, 1],
    [0, 1, 0],
  ]);
});

test('a pixel counts where a warped source is better than every unwarped one', () => {
  const [reprojection, identity] = [map(0.1, 0.5, 0.3), [map(0.4, 0.6, 0.3), map(0.2, 0.4, 0.9)]];
  const { mask, error } = automask(reprojection, identity);
  expect(valuesOf(mask)).toEqual([1, 0, 0]);
  expect(valuesOf(error)).toEqual([0.1, 0.4, 0.3]);
});

test('gradients go to warped sources that win, and never to unwarped ones', () => {
  const error = (x: Tensor3D, y: Tensor3D) => sum(automask(x, [y]).error);
  const [reprojection, identity] = [map(0.1, 0.5, 0.3), map(0.2, 0.4, 0.3)];
  expect(valuesOf(grad((x) => error(x as Tensor3D, identity))(reprojection) as Tensor3D)).toEqual([1, 0, 0]);
  const besides = (x: Tensor3D, y: Tensor3D) => add(error(x, y), sum(y));
  const [, toIdentity] = grads((x, y) => besides(x as Tensor3D, y as Tensor3D))([reprojection, identity]);
  expect(valuesOf(toIdentity as Tensor3D)).toEqual([1, 1, 1]);
});

test('noise of each source decides a tie and little else', () => {
  const [reprojection, identity] = [map(0.3, 0.3, 0.3), map(0.3, 0.3, 0.3001)];
  const noise = [map(1, -1, -1), map(2, 2, -1)];
  const { mask } = automask(reprojection, [identity, identity], noise);
  expect(valuesOf(mask)).toEqual([1, 0, 1]);
});
