import type { Value } from '../../graph.ts';
import type { Conv2DInfo } from '../../kernels/conv2d-info.ts';
import type { GraphDefBuilder } from '../graph-def-builder.ts';
import { pad, slice } from './shapes.ts';

/**
 * Amounts in front of and behind each axis that a tensor must have around it before TensorFlow sees
 * it; undefined for none.
 */
export type Surroundings = [number, number][] | undefined;

/** The shape with its surroundings. */
export const grown = (shape: readonly number[], around: Surroundings): number[] =>
  shape.map((size, i) => size + (around ? around[i][0] + around[i][1] : 0));

/** Puts them there, filled with `value`. */
export const padded = (name: string, around: Surroundings, value: number, like: Value, tf: GraphDefBuilder): string =>
  around ? pad(name, around, value, like, tf) : name;

/** Takes them off again. */
export const cut = (name: string, around: Surroundings, y: Value, tf: GraphDefBuilder): string =>
  around
    ? slice(
        name,
        around.map(([before]) => before),
        y,
        tf,
      )
    : name;

/** The zeros around the image of a convolution. */
export const zerosAround = (info: Conv2DInfo): [number, number][] => {
  const { padInfo, inHeight, inWidth, outHeight, outWidth, strideHeight, strideWidth } = info;
  const rows = (outHeight - 1) * strideHeight + info.effectiveFilterHeight - inHeight;
  const columns = (outWidth - 1) * strideWidth + info.effectiveFilterWidth - inWidth;
  return [
    [0, 0],
    [padInfo.top, Math.max(0, rows - padInfo.top)],
    [padInfo.left, Math.max(0, columns - padInfo.left)],
    [0, 0],
  ];
};
