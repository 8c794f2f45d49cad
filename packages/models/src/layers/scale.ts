import { mul } from '@tensorflow/tfjs-core';
import { defineLayer } from './define-layer.ts';

/** Multiplies by a constant. */
export const scale = defineLayer<{ factor: number }>({
  className: 'SegsdeScale',
  call: ([x], { factor }) => mul(x, factor),
});
