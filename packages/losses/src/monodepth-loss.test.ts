import { beforeAll, describe, expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import {
  concat,
  fill,
  grad,
  grads,
  mean,
  memory,
  mul,
  ones,
  reverse,
  slice,
  tensor,
  tensor3d,
  tensor4d,
  tidy,
  zeros,
  type Tensor,
  type Tensor3D,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import { resizeBilinear } from '@segsde/ops';
import { expectSlopes, noise, signedNoise } from '@segsde/ops/expect-gradients.test.kit';
import type { MonodepthInputs, MonodepthOptions } from './monodepth-inputs.ts';
import { monodepthLossFused } from './monodepth-loss-fused.ts';
import { monodepthLoss } from './monodepth-loss.ts';

const [HEIGHT, WIDTH] = [6, 8];
const FOCAL = 10;

/** A smooth pattern; `shift` moves it to the left by so many pixels. */
const pattern = (shift: number, phase = 0) =>
  tensor4d(
    Array.from({ length: HEIGHT * WIDTH * 3 }, (_, i) => {
      const [x, y, c] = [(Math.floor(i / 3) % WIDTH) + shift, Math.floor(i / 3 / WIDTH), i % 3];
      return 0.5 + 0.2 * Math.sin(0.7 * x + 1.3 * c + phase) + 0.2 * Math.sin(0.5 * y + 0.3 * x + c);
    }),
    [1, HEIGHT, WIDTH, 3],
  );
const alongX = (translation: number) => tensor3d([1, 0, 0, translation, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1], [1, 4, 4]);
const intrinsics = tensor3d([FOCAL, 0, 3.5, 0, FOCAL, 2.5, 0, 0, 1], [1, 3, 3]);
const inverseIntrinsics = tensor3d([1 / FOCAL, 0, -0.35, 0, 1 / FOCAL, -0.25, 0, 0, 1], [1, 3, 3]);
const disparityOf = (depth: number) => (1 / depth - 0.01) / 9.99;
const pyramidOf = (image: Tensor4D) => [image, resizeBilinear(image, [HEIGHT / 2, WIDTH / 2])];

/** A wall at depth 2, seen by cameras half a pixel to either side. */
const scene = (depth = 2): MonodepthInputs => ({
  disparities: {
    0: fill([1, HEIGHT, WIDTH, 1], disparityOf(depth)) as Tensor4D,
    1: fill([1, HEIGHT / 2, WIDTH / 2, 1], disparityOf(depth)) as Tensor4D,
  },
  target: pattern(0),
  targetPyramid: pyramidOf(pattern(0)),
  sources: [pattern(-0.5), pattern(0.5)],
  poses: [alongX(0.1), alongX(-0.1)],
  intrinsics,
  inverseIntrinsics,
});
/**
 * Motion along x alone would sample rows exactly at whole pixels, where bilinear sampling has a
 * kink.
 */
const moving = (translation: number) =>
  tensor3d([1, 0.01, 0, translation, -0.01, 1, 0, 0.03, 0, 0, 1, 0.02, 0, 0, 0, 1], [1, 4, 4]);

/** Two images of noisy disparity, seen from two moving cameras. */
function randomInputs(): MonodepthInputs {
  const image = (seed: number) => concat([pattern(0, seed), mul(reverse(pattern(seed, 1), 2), 0.9)]) as Tensor4D;
  const disparity = (seed: number, scale: number) => {
    const [h, w] = [HEIGHT / 2 ** scale, WIDTH / 2 ** scale];
    return tensor4d(
      noise(2 * h * w, seed).map((value) => 0.03 + 0.05 * value),
      [2, h, w, 1],
    );
  };
  const twice = (x: Tensor3D) => concat([x, x]);
  return {
    disparities: { 0: disparity(1, 0), 1: disparity(2, 1) },
    target: image(0),
    targetPyramid: pyramidOf(image(0)),
    sources: [image(0.4), image(0.9)],
    poses: [twice(moving(0.08)), twice(moving(-0.13))],
    intrinsics: twice(intrinsics),
    inverseIntrinsics: twice(inverseIntrinsics),
  };
}

describe.each([
  ['monodepthLoss', monodepthLoss],
  ['monodepthLossFused', monodepthLossFused],
])('%s', (_, lossOf) => {
  const total = (inputs: MonodepthInputs, options?: MonodepthOptions) => lossOf(inputs, options).total.dataSync()[0];

  test('the true depth explains the neighbours, another depth does not', () => {
    const [right, near, far] = [2, 0.7, 20].map((depth) => total(scene(depth)));
    expect(right).toBeLessThan(0.3 * near);
    expect(right).toBeLessThan(0.3 * far);

    const { warped, automask } = lossOf(scene());
    const inner = (image: Tensor4D) => slice(image, [0, 0, 2, 0], [1, HEIGHT, WIDTH - 4, 3]).dataSync();
    for (const image of [...warped[0], ...warped[1]])
      inner(image).forEach((value, i) => expect(value).toBeCloseTo(inner(pattern(0))[i], 1));
    expect(mean(automask[0]).dataSync()[0]).toBeGreaterThan(0.9);
  });

  test('frames that do not differ are masked and move nothing', () => {
    const still = { ...scene(), sources: [pattern(0), pattern(0)], disparities: { 0: scene().disparities[0] } };
    const { total, automask } = lossOf(still);
    expect(total.dataSync()[0]).toBeLessThan(1e-6);
    expect(Math.max(...automask[0].dataSync())).toBe(0);
    const gradient = grad((x) => lossOf({ ...still, disparities: { 0: x as Tensor4D } }).total)(still.disparities[0]);
    gradient.dataSync().forEach((value) => expect(value).toBe(0));
  });

  test('identical frames without motion and automask give no NaN', () => {
    const still = { ...scene(), sources: [pattern(0)], poses: [alongX(0)], disparities: { 0: scene().disparities[0] } };
    const gradient = grad((x) => lossOf({ ...still, disparities: { 0: x as Tensor4D } }, { automask: false }).total);
    gradient(still.disparities[0])
      .dataSync()
      .forEach((value) => expect(Number.isFinite(value)).toBe(true));
  });

  test('noise breaks the tie between a frame that stands still and its warp', () => {
    const still = { ...scene(), sources: [pattern(0)], poses: [alongX(0)] };
    const share = (noise: Tensor4D | undefined) =>
      mean(lossOf({ ...still, tieBreakNoise: noise }, { ssim: false }).automask[0]).dataSync()[0];
    expect(share(fill([1, 1, HEIGHT, WIDTH], -1000) as Tensor4D)).toBe(0);
    expect(share(fill([1, 1, HEIGHT, WIDTH], 1000) as Tensor4D)).toBe(1);
  });

  test('the one identity map of averaged sources gets the noise of the first', () => {
    const still = { ...scene(), sources: [pattern(0), pattern(0)], poses: [alongX(0), alongX(0)] };
    const noise = concat([fill([1, 1, 1, HEIGHT, WIDTH], 1000), fill([1, 1, 1, HEIGHT, WIDTH], -1000)]);
    const options = { ssim: false, averageReprojection: true };
    const { automask } = lossOf({ ...still, tieBreakNoise: noise }, options);
    expect(mean(automask[0]).dataSync()[0]).toBe(1);
  });

  describe('with random images', () => {
    let inputs: MonodepthInputs;
    beforeAll(() => {
      inputs = randomInputs();
    });

    test.each<MonodepthOptions>([{}, { automask: false }, { averageReprojection: true }, { ssim: false }])(
      'the total of %j is the mean of the scales, each as if alone',
      (options) => {
        const { total: whole, perScale } = lossOf(inputs, options);
        const alone = [0, 1].map((scale) =>
          total({ ...inputs, disparities: { [scale]: inputs.disparities[scale] } }, options),
        );
        expect(perScale[0].dataSync()[0]).toBeCloseTo(alone[0], 6);
        expect(perScale[1].dataSync()[0]).toBeCloseTo(alone[1], 6);
        expect(whole.dataSync()[0]).toBeCloseTo((alone[0] + alone[1]) / 2, 6);
      },
    );

    test('a batch is the mean of its items', () => {
      const item = (i: number): MonodepthInputs => {
        const one4 = (x: Tensor4D) => slice(x, i, 1);
        const one3 = (x: Tensor3D) => slice(x, i, 1);
        return {
          disparities: { 0: one4(inputs.disparities[0]), 1: one4(inputs.disparities[1]) },
          target: one4(inputs.target),
          targetPyramid: [one4(inputs.targetPyramid[0]), one4(inputs.targetPyramid[1])],
          sources: inputs.sources.map(one4),
          poses: inputs.poses.map(one3),
          intrinsics: one3(inputs.intrinsics),
          inverseIntrinsics: one3(inputs.inverseIntrinsics),
        };
      };
      expect(total(inputs)).toBeCloseTo((total(item(0)) + total(item(1))) / 2, 6);
    });

    test('the minimum is never above the average, automasking never above either', () => {
      const without = total(inputs, { automask: false, smoothness: 0 });
      expect(without).toBeLessThan(total(inputs, { automask: false, averageReprojection: true, smoothness: 0 }));
      expect(total(inputs, { smoothness: 0 })).toBeLessThan(without);
    });

    test.each<MonodepthOptions>([
      {},
      { automask: false },
      { averageReprojection: true },
      { ssim: false, automask: false },
    ])('the gradients of %j are what finite differences give', (options) => {
      for (const scale of [0, 1])
        expectSlopes(
          (x) => lossOf({ ...inputs, disparities: { ...inputs.disparities, [scale]: x } }, options).total,
          inputs.disparities[scale],
        );
      expectSlopes((x) => lossOf({ ...inputs, poses: [x, inputs.poses[1]] }, options).total, inputs.poses[0]);
    });

    test('leaves no tensors behind', () => {
      const before = memory().numTensors;
      tidy(() => {
        lossOf(inputs);
      });
      expect(memory().numTensors).toBe(before);
    });
  });

  test('what is missing is named', () => {
    expect(() => lossOf({ ...scene(), disparities: {} })).toThrow('disparities is empty');
    expect(() => lossOf({ ...scene(), sources: [] })).toThrow('sources is empty');
    expect(() => lossOf({ ...scene(), poses: [alongX(0)] })).toThrow('2 sources but 1 poses');
    expect(() => lossOf({ ...scene(), targetPyramid: [ones([1, HEIGHT, WIDTH, 3])] })).toThrow(
      'targetPyramid[1] is missing',
    );
    expect(() => lossOf({ ...scene(), targetPyramid: [zeros([1, 3, 3, 3])] })).toThrow('targetPyramid[0] is [1,3,3]');
  });
});

describe('the fused form gives the same', () => {
  const constant = (value: number): MonodepthInputs => {
    const image = fill([1, HEIGHT, WIDTH, 3], value) as Tensor4D;
    return { ...scene(), target: image, targetPyramid: pyramidOf(image), sources: [image, image] };
  };
  const cases: [string, () => MonodepthInputs][] = [
    ['random images', randomInputs],
    ['a wall at the wrong depth', () => ({ ...scene(3), poses: [moving(0.08), moving(-0.13)] })],
    ['black images', () => constant(0)],
    ['white images', () => constant(1)],
    ['black sources', () => ({ ...scene(), sources: constant(0).sources })],
    ['noise that is drawn by source and scale', () => ({ ...randomInputs(), tieBreakNoise: draws([2, 2, 2]) })],
    ['noise that is drawn by source', () => ({ ...randomInputs(), tieBreakNoise: draws([2, 1, 1]) })],
  ];
  const draws = (counts: number[]) =>
    tensor(signedNoise(counts.reduce((a, b) => a * b) * HEIGHT * WIDTH, 9), [...counts, HEIGHT, WIDTH]);

  describe.each(cases)('for %s', (_, inputsOf) => {
    test.each<MonodepthOptions>([
      {},
      { automask: false },
      { averageReprojection: true },
      { ssim: false },
      { ssim: false, automask: false, averageReprojection: true, smoothness: 0.1 },
    ])('with %j', (options) => {
      const inputs = inputsOf();
      const [plain, fused] = [monodepthLoss, monodepthLossFused].map((lossOf) => {
        const { total, perScale, warped, automask } = lossOf(inputs, options);
        const gradients = grads((first: Tensor, second: Tensor, pose: Tensor) => {
          const disparities = { 0: first as Tensor4D, 1: second as Tensor4D };
          return lossOf({ ...inputs, disparities, poses: [pose as Tensor3D, inputs.poses[1]] }, options).total;
        })([inputs.disparities[0], inputs.disparities[1], inputs.poses[0]]);
        return {
          losses: [total, perScale[0], perScale[1]].map((loss) => loss.dataSync()[0]),
          maps: [...warped[0], ...warped[1], ...Object.values(automask)].map((map) => map.dataSync()),
          gradients: gradients.map((gradient) => gradient.dataSync<'float32'>()),
        };
      });
      fused.losses.forEach((loss, i) => expect(loss).toBeCloseTo(plain.losses[i], 5));
      expect(fused.maps.length).toBe(plain.maps.length);
      fused.maps.forEach((map, i) => map.forEach((value, at) => expect(value).toBeCloseTo(plain.maps[i][at], 4)));
      fused.gradients.forEach((gradient, i) => {
        const distance = Math.hypot(...gradient.map((value, at) => value - plain.gradients[i][at]));
        expect(distance).toBeLessThanOrEqual(2e-3 * Math.hypot(...plain.gradients[i]) + 1e-6);
      });
    });
  });
});
