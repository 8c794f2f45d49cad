import { resizeBilinear } from '@segsde/ops';
import { defineLayer } from './define-layer.ts';

/**
 * Bilinear (half-pixel) resize of the first input to the second's size times `scale`, rounded down.
 */
export const resizeTo = defineLayer<{ scale: number }>({
  className: 'SegsdeResizeTo',
  call: ([x, like], { scale }) => {
    const height = Math.floor(like.shape[1] * scale);
    const width = Math.floor(like.shape[2] * scale);
    return x.shape[1] === height && x.shape[2] === width ? x : resizeBilinear(x, [height, width]);
  },
  outputShape: ([x, like], { scale }) => {
    const scaled = (length: number | null) => (length === null ? null : Math.floor(length * scale));
    return [x[0], scaled(like[1]), scaled(like[2]), x[3]];
  },
});
