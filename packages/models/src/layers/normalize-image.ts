import { div, sub } from '@tensorflow/tfjs-core';
import { defineLayer } from './define-layer.ts';

/** (x − 0.45) / 0.225 on every channel, for images in 0..1 (docs/method.md, section 2.1). */
export const normalizeImage = defineLayer({
  className: 'SegsdeNormalizeImage',
  call: ([image]) => div(sub(image, 0.45), 0.225),
});
