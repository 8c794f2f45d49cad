import { expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import {
  eye,
  fill,
  mul,
  reshape,
  stack,
  tensor2d,
  tensor3d,
  tile,
  type Tensor2D,
  type Tensor3D,
} from '@tensorflow/tfjs-core';
import { backproject } from './backproject.ts';
import { expectGradients, signedNoise } from './expect-gradients.test.kit.ts';
import { poseMatrix } from './pose-matrix.ts';
import { projectPixels } from './project-pixels.ts';

const [H, W] = [3, 4];
const [f, u, v] = [4, 1.5, 1];
const intrinsics = tensor3d([
  [
    [f, 0, u],
    [0, f, v],
    [0, 0, 1],
  ],
]);
const inverseIntrinsics = tensor3d([
  [
    [1 / f, 0, -u / f],
    [0, 1 / f, -v / f],
    [0, 0, 1],
  ],
]);
const columns = Array.from({ length: H * W }, (_, i) => i % W);
const rows = Array.from({ length: H * W }, (_, i) => Math.floor(i / W));
const expectClose = (actual: Tensor3D, expected: number[]) =>
  actual.dataSync().forEach((value, i) => expect(value).toBeCloseTo(expected[i], 4));

test('a camera that does not move sees every pixel where it is, at any depth', () => {
  const depth = tensor3d(
    signedNoise(H * W).map((value) => 3 + value),
    [1, H, W],
  );
  const { x, y } = projectPixels(depth, { intrinsics, inverseIntrinsics, pose: reshape(eye(4), [1, 4, 4]) });
  expect(x.shape).toEqual([1, H, W]);
  expectClose(x, columns);
  expectClose(y, rows);
});

test('a step sideways moves pixels by focal length · step / depth, each item of the batch by its own', () => {
  const pose = poseMatrix(
    tensor2d([
      [0, 0, 0],
      [0, 0, 0],
    ]),
    tensor2d([
      [0.5, 0, 0],
      [0, -1, 0],
    ]),
    { invert: false },
  );
  const camera = {
    intrinsics: tile(intrinsics, [2, 1, 1]),
    inverseIntrinsics: tile(inverseIntrinsics, [2, 1, 1]),
    pose,
  };
  const { x, y } = projectPixels(fill([2, H, W], 2), camera);
  expectClose(x, [...columns.map((column) => column + 1), ...columns]);
  expectClose(y, [...rows, ...rows.map((row) => row - 2)]);
});

test('the principal point lies straight ahead, and points scale with depth', () => {
  const [near, far] = [1, 2].map((depth) => backproject(fill([1, H, W], depth), inverseIntrinsics));
  expectClose(far, Array.from(mul(near, 2).dataSync()));
  const [x, y, z] = [0, 1, 2].map((axis) => near.arraySync()[0][axis][1 * W + 1]);
  expect([x, y, z].map((value) => value + 0)).toEqual([-0.125, 0, 1]);
});

test('its gradients are what finite differences give', () => {
  const inputs: [Tensor3D, Tensor2D, Tensor2D] = [
    tensor3d(
      signedNoise(2 * H * W).map((value) => 3 + value),
      [2, H, W],
    ),
    tensor2d([
      [0.1, -0.2, 0.05],
      [0.02, 0.1, -0.1],
    ]),
    tensor2d([
      [0.3, 0.1, -0.2],
      [-0.1, 0.2, 0.3],
    ]),
  ];
  const camera = { intrinsics: tile(intrinsics, [2, 1, 1]), inverseIntrinsics: tile(inverseIntrinsics, [2, 1, 1]) };
  expectGradients((depth, axisAngle, translation) => {
    const pose = poseMatrix(axisAngle, translation, { invert: true });
    const { x, y } = projectPixels(depth, { ...camera, pose });
    return stack([x, y]);
  }, inputs);
});
