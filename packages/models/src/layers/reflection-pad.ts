import { reflectPad } from '@segsde/ops';
import { defineLayer } from './define-layer.ts';

/** One pixel more on each side, mirrored without repeating the edge. */
export const reflectionPad = defineLayer({
  className: 'SegsdeReflectionPad',
  call: ([x]) => reflectPad(x, 1),
  outputShape: ([[batch, height, width, channels]]) => {
    const padded = (length: number | null) => (length === null ? null : length + 2);
    return [batch, padded(height), padded(width), channels];
  },
});
