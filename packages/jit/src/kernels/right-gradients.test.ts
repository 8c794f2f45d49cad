import { describe, expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import * as tf from '@tensorflow/tfjs-core';
import { jit } from '../jit.ts';

describe('gradients that TensorFlow.js gets wrong are right', () => {
  const wrong: [name: string, fn: (x: tf.Tensor) => tf.Tensor][] = [
    ['avgPool with padding', (x) => tf.avgPool(x as tf.Tensor4D, 3, 2, 'same')],
    ['avgPool with wide padding', (x) => tf.avgPool(x as tf.Tensor4D, 2, 2, 1)],
    ['resizeBilinear with half-pixel centres', (x) => tf.image.resizeBilinear(x as tf.Tensor4D, [7, 9], false, true)],
    ['resizeBilinear of images that are not square', (x) => tf.image.resizeBilinear(x as tf.Tensor4D, [7, 9])],
    [
      'resizeNearestNeighbor with half-pixel centres',
      (x) => tf.image.resizeNearestNeighbor(x as tf.Tensor4D, [7, 3], false, true),
    ],
    ['resizeNearestNeighbor of several images', (x) => tf.image.resizeNearestNeighbor(x as tf.Tensor4D, [7, 3])],
  ];
  test.each(wrong)('%s', async (_name, fn) => {
    const x = tf.reshape(tf.sin(tf.range(0, 80)), [2, 4, 5, 2]) as tf.Tensor4D;
    const total = (image: tf.Tensor) => {
      const y = fn(image);
      return tf.sum(tf.mul(y, tf.cos(tf.reshape(tf.range(0, y.size), y.shape)))) as tf.Scalar;
    };
    const gradient = (await jit((image: tf.Tensor) => tf.grad(total)(image))(x)).dataSync();
    const values = x.dataSync();
    for (let i = 0; i < values.length; i += 7) {
      const at = (change: number) => {
        const moved = values.slice();
        moved[i] += change;
        return total(tf.tensor4d(moved, x.shape)).dataSync()[0];
      };
      // These functions are linear: a large step gives the same slope, with less of rounding.
      expect(Math.abs((at(1) - at(-1)) / 2 - gradient[i])).toBeLessThan(1e-4);
    }
  });
});
