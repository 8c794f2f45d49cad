import { mean, type Tensor4D } from '@tensorflow/tfjs-core';
import { defineLayer } from './define-layer.ts';

/** Mean over height and width, which stay as 1x1. */
export const globalMean = defineLayer({
  className: 'SegsdeGlobalMean',
  call: ([x]) => mean<Tensor4D>(x, [1, 2], true),
  outputShape: ([[batch, , , channels]]) => [batch, 1, 1, channels],
});
