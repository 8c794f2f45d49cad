import { describe, expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import { memory, tensor2d, tensor3d, tensor4d, type Tensor4D } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { blurKernelSize } from './blur-kernel-size.ts';
import { colorJitter } from './color-jitter.ts';
import { colorTransform, type ColorOperation } from './color-transform.ts';
import { drawColorJitter } from './draw-color-jitter.ts';
import { drawStrongAugmentation } from './draw-strong-augmentation.ts';
import { gaussianBlur } from './gaussian-blur.ts';
import { gaussianKernels } from './gaussian-kernels.ts';
import { noise, seeded } from './random.test.kit.ts';
import { strongAugment } from './strong-augment.ts';

const [HEIGHT, WIDTH] = [12, 15];
const image = (batch = 1, seed = 1) => tensor4d(noise(batch * HEIGHT * WIDTH * 3, seed), [batch, HEIGHT, WIDTH, 3]);
const grey = ([r, g, b]: ArrayLike<number> & Iterable<number>) => 0.299 * r + 0.587 * g + 0.114 * b;
const pixelsOf = (x: Tensor4D) => {
  const data = x.dataSync();
  return Array.from({ length: data.length / 3 }, (_, i) => Array.from(data.subarray(3 * i, 3 * i + 3)));
};
const jittered = (x: Tensor4D, operations: ColorOperation[]) =>
  pixelsOf(colorJitter(x, tensor3d(colorTransform(operations), [1, 7, 3])));
/** Colours near the middle, which no operation below drives out of 0..1. */
const soft = () =>
  tensor4d(
    noise(HEIGHT * WIDTH * 3).map((value) => 0.4 + 0.2 * value),
    [1, HEIGHT, WIDTH, 3],
  );

describe('color jitter', () => {
  test('no operations, no change', () => {
    const x = image();
    jittered(x, []).forEach((pixel, i) => pixel.forEach((value, c) => expect(value).toBeCloseTo(pixelsOf(x)[i][c], 6)));
  });

  test.each<[string, ColorOperation, (x: number, pixel: number[], mean: number[]) => number]>([
    ['brightness adds', { kind: 'addBrightness', by: 0.1 }, (x) => x + 0.1],
    ['scale multiplies', { kind: 'scale', by: 1.3 }, (x) => 1.3 * x],
    [
      'contrast moves away from the mean grey',
      { kind: 'contrast', by: 1.4 },
      (x, _, mean) => 1.4 * x - 0.4 * grey(mean),
    ],
    [
      'saturation moves away from the own grey',
      { kind: 'saturation', by: 0.3 },
      (x, pixel) => 0.3 * x + 0.7 * grey(pixel),
    ],
  ])('%s', (_, operation, expected) => {
    const pixels = pixelsOf(soft());
    const mean = [0, 1, 2].map((c) => pixels.reduce((total, pixel) => total + pixel[c], 0) / pixels.length);
    jittered(soft(), [operation]).forEach((pixel, i) =>
      pixel.forEach((value, c) => expect(value).toBeCloseTo(expected(pixels[i][c], pixels[i], mean), 5)),
    );
  });

  test('hue keeps grey and brightness, comes back after a full turn, and turns red to green after a third', () => {
    jittered(soft(), [{ kind: 'hue', by: 0.2 }]).forEach((pixel, i) =>
      expect(grey(pixel)).toBeCloseTo(grey(pixelsOf(soft())[i]), 5),
    );
    jittered(soft(), [{ kind: 'hue', by: 1 }]).forEach((pixel, i) =>
      pixel.forEach((value, c) => expect(value).toBeCloseTo(pixelsOf(soft())[i][c], 5)),
    );
    const greyImage = tensor4d(Array(12).fill(0.4), [1, 2, 2, 3]);
    for (const pixel of jittered(greyImage, [{ kind: 'hue', by: 0.37 }]))
      pixel.forEach((value) => expect(value).toBeCloseTo(0.4, 5));
    const red = tensor4d([0.6, 0.4, 0.4], [1, 1, 1, 3]);
    const [[r, g, b]] = jittered(red, [{ kind: 'hue', by: 1 / 3 }]);
    expect(Math.max(r, g, b)).toBe(g);
  });

  test('operations act one after the other, in their order', () => {
    const kinds = fc.constantFrom('addBrightness', 'scale', 'contrast', 'saturation', 'hue');
    const operation = fc
      .record({ kind: kinds, by: fc.double({ min: -0.1, max: 0.1, noNaN: true }) })
      .map(({ kind, by }): ColorOperation => ({ kind, by: kind === 'addBrightness' || kind === 'hue' ? by : 1 + by }));
    fc.assert(
      fc.property(fc.array(operation, { minLength: 2, maxLength: 4 }), (operations) => {
        let oneByOne = soft();
        for (const step of operations) oneByOne = colorJitter(oneByOne, tensor3d(colorTransform([step]), [1, 7, 3]));
        const expected = pixelsOf(oneByOne);
        jittered(soft(), operations).forEach((pixel, i) =>
          pixel.forEach((value, c) => expect(value).toBeCloseTo(expected[i][c], 4)),
        );
      }),
      { numRuns: 15, seed: 1 },
    );
  });

  test('colours stay in 0..1, each image has its own transform', () => {
    const transforms = [...colorTransform([{ kind: 'scale', by: 9 }]), ...colorTransform([])];
    const x = image(2);
    const y = colorJitter(x, tensor3d(transforms, [2, 7, 3])).dataSync();
    expect(Math.max(...y)).toBe(1);
    y.subarray(HEIGHT * WIDTH * 3).forEach((value, i) =>
      expect(value).toBeCloseTo(x.dataSync()[HEIGHT * WIDTH * 3 + i], 6),
    );
  });
});

describe('blur', () => {
  test('is a Gaussian over mirrored borders, channel by channel', () => {
    const x = image();
    const kernels = gaussianKernels(0.9, { height: 200, width: 30 });
    const pixels = x.arraySync()[0];
    const mirror = (i: number, n: number) => (i < 0 ? -i : i >= n ? 2 * n - 2 - i : i);
    const blurred = gaussianBlur(x, tensor2d(kernels, [2, 9])).arraySync()[0];
    for (let row = 0; row < HEIGHT; row++)
      for (let column = 0; column < WIDTH; column++)
        for (let c = 0; c < 3; c++) {
          let total = 0;
          for (let i = 0; i < 9; i++)
            for (let j = 0; j < 9; j++)
              total +=
                kernels[i] * kernels[9 + j] * pixels[mirror(row + i - 4, HEIGHT)][mirror(column + j - 4, WIDTH)][c];
          expect(blurred[row][column][c]).toBeCloseTo(total, 5);
        }
  });

  test('kernels sum to 1, are symmetric and no wider than a tenth of the side', () => {
    const kernels = gaussianKernels(1.1, { height: 45, width: 512 });
    const [y, x] = [kernels.subarray(0, 9), kernels.subarray(9)];
    for (const kernel of [y, x]) {
      expect(kernel.reduce((a, b) => a + b)).toBeCloseTo(1, 6);
      expect(Array.from(kernel).reverse()).toEqual(Array.from(kernel));
    }
    expect(Array.from(y, (weight) => weight > 0)).toEqual([0, 0, 1, 1, 1, 1, 1, 0, 0].map(Boolean));
    expect(x[1] / x[2]).toBeCloseTo(Math.exp((4 - 9) / (2 * 1.1 ** 2)), 4);
    expect([30, 64, 71, 99, 128, 256, 512].map(blurKernelSize)).toEqual([3, 7, 7, 9, 13, 25, 51]);
  });

  test('σ 0 leaves the image as it is', () => {
    const x = image(2);
    const y = gaussianBlur(x, tensor2d(gaussianKernels(0, { height: HEIGHT, width: WIDTH }), [2, 9]));
    expect(Array.from(y.dataSync())).toEqual(Array.from(x.dataSync()));
  });
});

describe('draws', () => {
  const options = { batch: 2, height: 128, width: 256 };
  const IDENTITY = Array.from(colorTransform([]));

  test('the same seed draws the same', () => {
    expect(drawStrongAugmentation(seeded(5), options)).toEqual(drawStrongAugmentation(seeded(5), options));
    expect(drawColorJitter(seeded(5), { batch: 3 })).toEqual(drawColorJitter(seeded(5), { batch: 3 }));
  });

  test('jitter and blur come as often as asked, for the whole batch', () => {
    const uniform = seeded(7);
    let [jitters, blurs] = [0, 0];
    for (let i = 0; i < 400; i++) {
      const { color, blur } = drawStrongAugmentation(uniform, options);
      const changed = [0, 1].map((k) => color.subarray(21 * k, 21 * k + 21).some((value, j) => value !== IDENTITY[j]));
      expect(changed[0]).toBe(changed[1]);
      jitters += Number(changed[0]);
      blurs += Number(blur[4] < 1);
    }
    expect(Math.abs(jitters / 400 - 0.8)).toBeLessThan(0.08);
    expect(Math.abs(blurs / 400 - 0.5)).toBeLessThan(0.1);
  });

  test('images of a batch differ', () => {
    const { color } = drawStrongAugmentation(seeded(1), { ...options, jitterProbability: 1 });
    expect(Array.from(color.subarray(0, 21))).not.toEqual(Array.from(color.subarray(21)));
  });

  test('switched off it changes nothing', () => {
    const { color, blur } = drawStrongAugmentation(seeded(2), { ...options, jitterProbability: 0, blurProbability: 0 });
    const x = image(2);
    const y = strongAugment(x, { color: tensor3d(color, [2, 7, 3]), blur: tensor2d(blur, [2, 9]) });
    y.dataSync().forEach((value, i) => expect(value).toBeCloseTo(x.dataSync()[i], 6));
  });

  test('depth jitter leaves about half of the items alone', () => {
    const draws = drawColorJitter(seeded(3), { batch: 400 });
    const changed = Array.from({ length: 400 }, (_, i) =>
      draws.subarray(21 * i, 21 * i + 21).some((value, j) => value !== IDENTITY[j]),
    );
    expect(Math.abs(changed.filter(Boolean).length / 400 - 0.5)).toBeLessThan(0.1);
  });
});

test('stays in 0..1 and leaves no tensors behind', () => {
  const { color, blur } = drawStrongAugmentation(seeded(4), {
    batch: 2,
    height: 128,
    width: 128,
    jitterProbability: 1,
    blurProbability: 1,
  });
  const draws = { color: tensor3d(color, [2, 7, 3]), blur: tensor2d(blur, [2, 9]) };
  const x = image(2);
  const before = memory().numTensors;
  const y = strongAugment(x, draws);
  const values = y.dataSync();
  expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...values)).toBeLessThanOrEqual(1.000001);
  y.dispose();
  expect(memory().numTensors).toBe(before);
});
