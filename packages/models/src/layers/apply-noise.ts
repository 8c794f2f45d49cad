import { mul } from '@tensorflow/tfjs-core';
import { defineLayer } from './define-layer.ts';

/** Dropout whose scaled keep-mask is the second input; nothing happens unless training. */
export const applyNoise = defineLayer({
  className: 'SegsdeApplyNoise',
  call: ([x, noise], { training }) => (training ? mul(x, noise) : x),
});
