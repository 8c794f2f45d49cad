import { expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import { grads, memory, ones, sum, tensor4d, tidy, type Tensor4D } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { conv2d } from './conv2d.ts';
import { expectGradients, signedNoise } from './expect-gradients.test.kit.ts';

type Shape = [number, number, number, number];
const filled = (shape: Shape, seed: number) =>
  tensor4d(
    signedNoise(
      shape.reduce((a, b) => a * b),
      seed,
    ),
    shape,
  );

/** The definition, in plain loops. */
function direct(x: Tensor4D, filter: Tensor4D, strides: number, padding: number, dilation: number) {
  const [[n, h, w, c], [kh, kw, , o]] = [x.shape, filter.shape];
  const [image, taps] = [x.arraySync(), filter.arraySync()];
  const size = (input: number, kernel: number) =>
    Math.floor((input + 2 * padding - dilation * (kernel - 1) - 1) / strides) + 1;
  const result: number[] = [];
  for (let b = 0; b < n; b++)
    for (let row = 0; row < size(h, kh); row++)
      for (let column = 0; column < size(w, kw); column++)
        for (let out = 0; out < o; out++) {
          let total = 0;
          for (let i = 0; i < kh; i++)
            for (let j = 0; j < kw; j++)
              for (let k = 0; k < c; k++) {
                const pixel =
                  image[b][row * strides - padding + i * dilation]?.[column * strides - padding + j * dilation];
                total += (pixel?.[k] ?? 0) * taps[i][j][k][out];
              }
          result.push(total);
        }
  return { shape: [n, size(h, kh), size(w, kw), o], values: result };
}

const settings = fc
  .record({
    h: fc.integer({ min: 3, max: 8 }),
    w: fc.integer({ min: 3, max: 8 }),
    c: fc.integer({ min: 1, max: 3 }),
    o: fc.integer({ min: 1, max: 3 }),
    kh: fc.constantFrom(1, 2, 3),
    kw: fc.constantFrom(1, 3),
    strides: fc.constantFrom(1, 2, 3),
    padding: fc.integer({ min: 0, max: 3 }),
    dilation: fc.constantFrom(1, 2, 3),
  })
  .filter(
    ({ h, w, kh, kw, padding, dilation }) =>
      Math.min(h - dilation * (kh - 1), w - dilation * (kw - 1)) + 2 * padding > 0,
  );

test('it is a convolution, whatever the stride, padding and dilation', () => {
  fc.assert(
    fc.property(settings, ({ h, w, c, o, kh, kw, strides, padding, dilation }) => {
      const [x, filter] = [filled([2, h, w, c], 1), filled([kh, kw, c, o], 2)];
      const y = conv2d(x, filter, { strides, padding, dilation });
      const { shape, values } = direct(x, filter, strides, padding, dilation);
      expect(y.shape).toEqual(shape);
      y.dataSync().forEach((value, i) => expect(value).toBeCloseTo(values[i], 4));
    }),
    { numRuns: 40, seed: 1 },
  );
});

test('its gradients are what finite differences give, whatever the stride, padding and dilation', () => {
  fc.assert(
    fc.property(settings, ({ h, w, c, o, kh, kw, strides, padding, dilation }) =>
      expectGradients(
        (x, filter) => conv2d(x, filter, { strides, padding, dilation }),
        [filled([1, h, w, c], 1), filled([kh, kw, c, o], 2)],
      ),
    ),
    { numRuns: 40, seed: 2 },
  );
});

test('leaves no tensors behind', () => {
  const [x, filter] = [filled([1, 5, 5, 2], 1), filled([3, 3, 2, 2], 2)];
  const before = memory().numTensors;
  tidy(() => {
    grads((a, b) => sum(conv2d(a as Tensor4D, b as Tensor4D, { strides: 2, padding: 1 })))([x, filter]);
  });
  expect(memory().numTensors).toBe(before);
});

test('says which channels do not fit', () => {
  expect(() => conv2d(ones([1, 4, 4, 3]), ones([3, 3, 2, 1]))).toThrow(
    'the input has 3 channels, but the filter [3,3,2,1] is made for 2',
  );
});
