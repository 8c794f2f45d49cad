import type { Conv2DInfo } from '../../kernels/conv2d-info.ts';
import type { GraphDefBuilder } from '../graph-def-builder.ts';
import { pad, reshapeFloats, slice } from './shapes.ts';
import { shares } from './shares.ts';
import { zerosAround } from './surroundings.ts';

/*
 * Ways around operations of TensorFlow that are slow on a processor, in float32, measured on 2 cores with AVX2. On a graphics card and in half precision the
 * operations themselves are used.
 */

const FLOAT = { type: 'float32' } as const;
const INDEX = { type: 'int32' } as const;

/** The image with the zeros that its windows see. */
function withZeros(x: string, info: Conv2DInfo, tf: GraphDefBuilder): string {
  const around = zerosAround(info);
  return around.flat().some((amount) => amount > 0) ? pad(x, around, 0, { dtype: 'float32' }, tf) : x;
}

/** One image that can be cut into an upper and a lower half of the result. */
export const isOneImage = ({ batchSize, outHeight }: Conv2DInfo) => batchSize === 1 && outHeight % 2 === 0;

/**
 * A convolution of one image, as one of its upper and its lower half: for a batch of one,
 * TensorFlow has oneDNN read filters as they lie, and that makes it copy every window of the image.
 * It takes up to four times as long.
 */
export function convInHalves(x: string, filter: string, info: Conv2DInfo, tf: GraphDefBuilder): string {
  const { outHeight, strideHeight, strideWidth } = info;
  const [, , columns] = zerosAround(info);
  const whole = withZeros(x, info, tf);
  const height = (outHeight / 2 - 1) * strideHeight + info.effectiveFilterHeight;
  const shape = [1, height, info.inWidth + columns[0] + columns[1], info.inChannels];
  const halves = [0, outHeight / 2].map((row) =>
    slice(whole, [0, row * strideHeight, 0, 0], { shape, dtype: 'float32' }, tf),
  );
  const both = tf.op('ConcatV2', [...halves, tf.scalar(0, 'int32')], { T: FLOAT, Tidx: INDEX, N: 2 });
  const attributes = {
    strides: [1, strideHeight, strideWidth, 1],
    dilations: [1, info.dilationHeight, info.dilationWidth, 1],
    padding: 'VALID',
    data_format: 'NHWC',
  };
  return reshapeFloats(tf.op('Conv2D', [both, filter], { T: FLOAT, ...attributes }), info.outShape, tf);
}

/**
 * Images so small, and filters of so many channels, that products are faster than TensorFlow's own
 * gradient of a filter.
 */
export function isSmallForFilterGrad(info: Conv2DInfo): boolean {
  const pixels = info.batchSize * info.outHeight * info.outWidth;
  const taps = info.filterHeight * info.filterWidth;
  const unitStride = info.strideHeight === 1 && info.strideWidth === 1;
  return unitStride && taps > 1 && Math.min(info.inChannels, info.outChannels) >= 32 && pixels <= 8192;
}

/** From so many pixels on, a product for each tap is faster than one for all. */
const MANY_PIXELS = 256;

/**
 * Positions along one axis for which a tap that looks `offset` further sees the image: the first
 * one, and how many.
 */
function seenPositions(offset: number, size: number, outSize: number): [number, number] {
  const first = Math.max(0, -offset);
  return [first, Math.max(0, Math.min(outSize, size - offset) - first)];
}

/**
 * A filter's gradient as matrix products of the pixels that its taps see with `dy`; for
 * convolutions without stride.
 */
export function filterGradByTaps({ x, dy }: { x: string; dy: string }, info: Conv2DInfo, tf: GraphDefBuilder): string {
  const { batchSize: n, inChannels: c, outChannels: o, outHeight, outWidth, padInfo } = info;
  const shape = [info.filterHeight, info.filterWidth, c, o];
  const taps = Array.from({ length: shape[0] * shape[1] }, (_, tap) => ({
    row: Math.floor(tap / shape[1]) * info.dilationHeight,
    column: (tap % shape[1]) * info.dilationWidth,
  }));
  const product = (patches: string, gradient: string, pixels: number, channels: number) =>
    tf.op('MatMul', [reshapeFloats(patches, [pixels, channels], tf), reshapeFloats(gradient, [pixels, o], tf)], {
      T: FLOAT,
      transpose_a: true,
      transpose_b: false,
    });
  const piece = (image: string, from: readonly number[], size: readonly number[]) =>
    slice(image, from, { shape: size, dtype: 'float32' }, tf);
  const pixels = n * outHeight * outWidth;
  if (pixels < MANY_PIXELS) {
    const image = withZeros(x, info, tf);
    const seen = taps.map(({ row, column }) => piece(image, [0, row, column, 0], [n, outHeight, outWidth, c]));
    const all = tf.op('ConcatV2', [...seen, tf.scalar(3, 'int32')], { T: FLOAT, Tidx: INDEX, N: seen.length });
    return reshapeFloats(product(all, dy, pixels, seen.length * c), shape, tf);
  }
  const zeros = tf.op('Fill', [tf.ints([c, o]), tf.scalar(0)], { T: FLOAT, index_type: INDEX });
  const products = taps.map(({ row, column }) => {
    const [down, right] = [row - padInfo.top, column - padInfo.left];
    const [i, height] = seenPositions(down, info.inHeight, outHeight);
    const [j, width] = seenPositions(right, info.inWidth, outWidth);
    if (height * width === 0) return zeros;
    const patches = piece(x, [0, i + down, j + right, 0], [n, height, width, c]);
    return product(patches, piece(dy, [0, i, j, 0], [n, height, width, o]), n * height * width, c);
  });
  return reshapeFloats(tf.op('Pack', products, { T: FLOAT, N: products.length, axis: 0 }), shape, tf);
}

/**
 * The gradient of means without stride: means of `dy`, with zeros around it. For images of few
 * channels, TensorFlow's own takes ten times as long.
 */
export function meanGradByMeans(dy: string, info: Conv2DInfo, tf: GraphDefBuilder): string {
  const { filterHeight, filterWidth, inHeight, inWidth, outHeight, outWidth, padInfo } = info;
  const [above, before] = [filterHeight - 1 - padInfo.top, filterWidth - 1 - padInfo.left];
  const around: [number, number][] = [
    [0, 0],
    [above, inHeight + filterHeight - 1 - outHeight - above],
    [before, inWidth + filterWidth - 1 - outWidth - before],
    [0, 0],
  ];
  const isUnpadded = inHeight === outHeight + filterHeight - 1 && inWidth === outWidth + filterWidth - 1;
  const gradient = isUnpadded ? dy : tf.op('Mul', [dy, shares(info, tf)], { T: FLOAT });
  const attributes = { ksize: [1, filterHeight, filterWidth, 1], strides: [1, 1, 1, 1], padding: 'VALID' };
  return tf.op('AvgPool', [pad(gradient, around, 0, { dtype: 'float32' }, tf)], {
    T: FLOAT,
    ...attributes,
    data_format: 'NHWC',
  });
}
