import type { Conv2DInfo } from '../../kernels/conv2d-info.ts';
import type { GraphDefBuilder } from '../graph-def-builder.ts';

/**
 * `[1, height, width, 1]`: window size divided by the number of a window's positions inside the
 * image.
 */
export function shares(info: Conv2DInfo, tf: GraphDefBuilder): string {
  const inside = (output: number, stride: number, before: number, window: number, input: number) =>
    Array.from({ length: output }, (_, i) => {
      const start = i * stride - before;
      return Math.min(start + window, input) - Math.max(start, 0);
    });
  const { padInfo } = info;
  const rows = inside(info.outHeight, info.strideHeight, padInfo.top, info.filterHeight, info.inHeight);
  const columns = inside(info.outWidth, info.strideWidth, padInfo.left, info.filterWidth, info.inWidth);
  const size = info.filterHeight * info.filterWidth;
  const data = Float32Array.from(rows.flatMap((row) => columns.map((column) => size / (row * column))));
  return tf.constant(data, [1, info.outHeight, info.outWidth, 1], 'float32');
}
