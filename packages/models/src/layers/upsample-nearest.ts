import { upsampleNearest2x } from '@segsde/ops';
import { defineLayer } from './define-layer.ts';

/** Every pixel twice along both axes. */
export const upsampleNearest = defineLayer({
  className: 'SegsdeUpsampleNearest',
  call: ([x]) => upsampleNearest2x(x),
  outputShape: ([[batch, height, width, channels]]) => {
    const twice = (length: number | null) => (length === null ? null : 2 * length);
    return [batch, twice(height), twice(width), channels];
  },
});
