import { maxPool3x3Stride2 } from '@segsde/ops';
import { defineLayer } from './define-layer.ts';

/** 3x3 max pooling with stride 2 and padding 1. */
export const maxPool = defineLayer({
  className: 'SegsdeMaxPool',
  call: ([x]) => maxPool3x3Stride2(x),
  outputShape: ([[batch, height, width, channels]]) => {
    const half = (length: number | null) => (length === null ? null : Math.ceil(length / 2));
    return [batch, half(height), half(width), channels];
  },
});
