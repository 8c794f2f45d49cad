import { backend_util } from '@tensorflow/tfjs-core';
import type { Value } from '../../graph.ts';
import type { Conv2DAttrs, Conv2DInfo } from '../../kernels/conv2d-info.ts';
import { conv2dInfo } from '../../kernels/conv2d-info.ts';
import type { GraphDefBuilder } from '../graph-def-builder.ts';
import type { WindowPadding } from '../window-padding.ts';
import { windowPadding } from '../window-padding.ts';
import { convInHalves, filterGradByTaps, isOneImage, isSmallForFilterGrad, meanGradByMeans } from './detours.ts';
import { shares } from './shares.ts';
import { pad, reshapeFloats as reshape, slice } from './shapes.ts';
import type { Surroundings } from './surroundings.ts';
import { cut, grown, padded, zerosAround } from './surroundings.ts';
import type { TensorflowKernel, TensorflowKernelTable } from './tensorflow-kernel.ts';

type Shape4D = [number, number, number, number];
type Pair = number | [number, number];
type Padding = Parameters<typeof backend_util.computeConv2DInfo>[4];
type Rounding = 'floor' | 'round' | 'ceil';

interface PoolAttrs {
  filterSize: Pair;
  strides: Pair;
  pad: Padding;
  dimRoundingMode?: Rounding;
}

interface ResizeAttrs {
  alignCorners: boolean;
  halfPixelCenters: boolean;
}

const FLOAT = { type: 'float32' } as const;
const INDEX = { type: 'int32' } as const;

const asShape = (shape: readonly number[]) => [...shape] as Shape4D;

const poolInfo = (input: readonly number[], attrs: PoolAttrs) =>
  backend_util.computePool2DInfo(asShape(input), attrs.filterSize, attrs.strides, 1, attrs.pad, attrs.dimRoundingMode);

/** TensorFlow.js's gradients forget how an odd size was rounded, but `dy` shows it. */
const withOutput = (info: Conv2DInfo, dy: Value): Conv2DInfo => ({
  ...info,
  outHeight: dy.shape[1],
  outWidth: dy.shape[2],
});

const paddingOf = (info: Conv2DInfo) =>
  windowPadding([
    {
      input: info.inHeight,
      output: info.outHeight,
      window: info.effectiveFilterHeight,
      stride: info.strideHeight,
      before: info.padInfo.top,
    },
    {
      input: info.inWidth,
      output: info.outWidth,
      window: info.effectiveFilterWidth,
      stride: info.strideWidth,
      before: info.padInfo.left,
    },
  ]);

interface Windows {
  /**
   * Zeros (or, for maxima, the lowest number) that must be there before TensorFlow sees the image.
   */
  around: Surroundings;
  attributes: Record<string, string | readonly number[]>;
}

/**
 * An image's windows as TensorFlow's attributes say them; `explicit` tells whether the operation
 * takes amounts of padding.
 */
function windows(info: Conv2DInfo, explicit: boolean): Windows {
  const padding: WindowPadding = paddingOf(info);
  const attributes = { strides: [1, info.strideHeight, info.strideWidth, 1], data_format: 'NHWC' };
  if (typeof padding === 'string') return { around: undefined, attributes: { ...attributes, padding } };
  const around: [number, number][] = [[0, 0], ...padding, [0, 0]];
  if (!explicit) return { around, attributes: { ...attributes, padding: 'VALID' } };
  return { around: undefined, attributes: { ...attributes, padding: 'EXPLICIT', explicit_paddings: around.flat() } };
}

const isDilated = ({ dilationHeight, dilationWidth }: Conv2DInfo) => dilationHeight > 1 || dilationWidth > 1;

/** TensorFlow's gradients of dilated convolutions know no amounts of padding. */
function convWindows(info: Conv2DInfo): Windows {
  const { around, attributes } = windows(info, !isDilated(info));
  return { around, attributes: { ...attributes, dilations: [1, info.dilationHeight, info.dilationWidth, 1] } };
}

const conv2dInputGrad: TensorflowKernel<Conv2DAttrs & { inputShape: Shape4D }> = (
  { dy, filter },
  { inputs, attrs, outputs: [dx] },
  tf,
) => {
  const { around, attributes } = convWindows(
    withOutput(conv2dInfo(attrs.inputShape, inputs.filter.shape, attrs), inputs.dy),
  );
  const sizes = tf.ints(grown(attrs.inputShape, around));
  return cut(tf.op('Conv2DBackpropInput', [sizes, filter, dy], { T: FLOAT, ...attributes }), around, dx, tf);
};

const conv2dFilterGrad: TensorflowKernel<Conv2DAttrs & { filterShape: Shape4D }> = (
  { x, dy },
  { inputs, attrs },
  tf,
) => {
  const info = withOutput(conv2dInfo(inputs.x.shape, attrs.filterShape, attrs), inputs.dy);
  if (tf.detours && isSmallForFilterGrad(info)) return filterGradByTaps({ x, dy }, info, tf);
  const { around, attributes } = convWindows(info);
  const image = padded(x, around, 0, inputs.x, tf);
  return tf.op('Conv2DBackpropFilter', [image, tf.ints(attrs.filterShape), dy], { T: FLOAT, ...attributes });
};

/**
 * The gradient of a dilated depthwise convolution to its input: a dilated convolution of `dy` with
 * the flipped filter. TensorFlow's own is wrong on processors.
 */
function depthwiseInputGrad(
  { dy, filter }: { dy: string; filter: string },
  info: Conv2DInfo,
  dx: Value,
  tf: GraphDefBuilder,
): string {
  const { batchSize, inChannels, outChannels, filterHeight, filterWidth } = info;
  const around = zerosAround(info);
  const [rows, columns] = [info.effectiveFilterHeight - 1, info.effectiveFilterWidth - 1];
  const spread = pad(dy, [[0, 0], [rows, rows], [columns, columns], [0, 0]], 0, dx, tf); // prettier-ignore
  const flipped = tf.op('ReverseV2', [filter, tf.ints([0, 1])], { T: FLOAT, Tidx: INDEX });
  const own = reshape(flipped, [filterHeight, filterWidth, outChannels, 1], tf);
  const attributes = {
    strides: [1, 1, 1, 1],
    dilations: [1, info.dilationHeight, info.dilationWidth, 1],
    padding: 'VALID',
    data_format: 'NHWC',
  };
  const each = tf.op('DepthwiseConv2dNative', [spread, own], { T: FLOAT, ...attributes });
  const [, height, width] = grown(dx.shape, around);
  const apart = reshape(each, [batchSize, height, width, inChannels, outChannels / inChannels], tf);
  const whole = tf.op('Sum', [apart, tf.ints([4])], { T: FLOAT, Tidx: INDEX, keep_dims: false });
  return cut(whole, around, dx, tf);
}

/** The same to its filter, position by position of the filter. */
function depthwiseFilterGrad(
  { x, dy }: { x: string; dy: string },
  info: Conv2DInfo,
  dw: Value,
  tf: GraphDefBuilder,
): string {
  const { batchSize, inChannels, outChannels, outHeight, outWidth } = info;
  const image = pad(x, zerosAround(info), 0, dw, tf);
  const apart = reshape(dy, [batchSize, outHeight, outWidth, inChannels, outChannels / inChannels], tf);
  const taps: string[] = [];
  for (let row = 0; row < info.filterHeight; row++) {
    for (let column = 0; column < info.filterWidth; column++) {
      const begin = [0, row * info.dilationHeight, column * info.dilationWidth, 0];
      const seen = slice(image, begin, { shape: [batchSize, outHeight, outWidth, inChannels], dtype: 'float32' }, tf);
      const products = tf.op('Mul', [reshape(seen, [batchSize, outHeight, outWidth, inChannels, 1], tf), apart], {
        T: FLOAT,
      });
      taps.push(tf.op('Sum', [products, tf.ints([0, 1, 2])], { T: FLOAT, Tidx: INDEX, keep_dims: false }));
    }
  }
  return reshape(tf.op('Pack', taps, { T: FLOAT, N: taps.length, axis: 0 }), dw.shape, tf);
}

function poolWindows(info: Conv2DInfo, explicit: boolean): Windows {
  const { around, attributes } = windows(info, explicit);
  return { around, attributes: { ...attributes, ksize: [1, info.filterHeight, info.filterWidth, 1] } };
}

const resizeAttributes = ({ alignCorners, halfPixelCenters }: ResizeAttrs) => ({
  align_corners: alignCorners,
  half_pixel_centers: halfPixelCenters,
});

/** Convolution, pooling, resizing, batch normalisation. */
export const imageKernels = {
  Conv2D: (({ x, filter }, { inputs, attrs }, tf) => {
    const info = conv2dInfo(inputs.x.shape, inputs.filter.shape, attrs);
    if (tf.detours && isOneImage(info)) return convInHalves(x, filter, info, tf);
    const { around, attributes } = convWindows(info);
    return tf.op('Conv2D', [padded(x, around, 0, inputs.x, tf), filter], { T: FLOAT, ...attributes });
  }) satisfies TensorflowKernel<Conv2DAttrs>,
  Conv2DBackpropInput: conv2dInputGrad,
  Conv2DBackpropFilter: conv2dFilterGrad,
  Conv2DBackpropInputV2: conv2dInputGrad,
  Conv2DBackpropFilterV2: conv2dFilterGrad,
  DepthwiseConv2dNative: (({ x, filter }, { inputs, attrs }, tf) => {
    const { around, attributes } = convWindows(conv2dInfo(inputs.x.shape, inputs.filter.shape, attrs, true));
    return tf.op('DepthwiseConv2dNative', [padded(x, around, 0, inputs.x, tf), filter], { T: FLOAT, ...attributes });
  }) satisfies TensorflowKernel<Conv2DAttrs>,
  DepthwiseConv2dNativeBackpropInput: (({ dy, filter }, call, tf) => {
    const { inputs, attrs, outputs } = call;
    const info = withOutput(conv2dInfo(attrs.inputShape, inputs.filter.shape, attrs, true), inputs.dy);
    if (isDilated(info)) return depthwiseInputGrad({ dy, filter }, info, outputs[0], tf);
    const { around, attributes } = convWindows(info);
    const sizes = tf.ints(grown(attrs.inputShape, around));
    const whole = tf.op('DepthwiseConv2dNativeBackpropInput', [sizes, filter, dy], { T: FLOAT, ...attributes });
    return cut(whole, around, outputs[0], tf);
  }) satisfies TensorflowKernel<Conv2DAttrs & { inputShape: Shape4D }>,
  DepthwiseConv2dNativeBackpropFilter: (({ x, dy }, { inputs, attrs, outputs: [dw] }, tf) => {
    const info = withOutput(conv2dInfo(inputs.x.shape, attrs.filterShape, attrs, true), inputs.dy);
    if (isDilated(info)) return depthwiseFilterGrad({ x, dy }, info, dw, tf);
    const { around, attributes } = convWindows(info);
    const operands = [padded(x, around, 0, inputs.x, tf), tf.ints(attrs.filterShape), dy];
    return tf.op('DepthwiseConv2dNativeBackpropFilter', operands, { T: FLOAT, ...attributes });
  }) satisfies TensorflowKernel<Conv2DAttrs & { filterShape: Shape4D }>,
  MaxPool: (({ x }, { inputs, attrs, outputs: [y] }, tf) => {
    const { around, attributes } = poolWindows(poolInfo(inputs.x.shape, attrs), false);
    const lowest = y.dtype === 'int32' ? -(2 ** 31) : -Infinity;
    return tf.op('MaxPool', [padded(x, around, lowest, inputs.x, tf)], { T: { type: y.dtype }, ...attributes });
  }) satisfies TensorflowKernel<PoolAttrs>,
  MaxPoolGrad: (({ dy, input, output }, { inputs, attrs, outputs: [dx] }, tf) => {
    const { around, attributes } = poolWindows(withOutput(poolInfo(inputs.input.shape, attrs), inputs.dy), false);
    const image = padded(input, around, -Infinity, inputs.input, tf);
    return cut(tf.op('MaxPoolGrad', [image, output, dy], { T: FLOAT, ...attributes }), around, dx, tf);
  }) satisfies TensorflowKernel<PoolAttrs>,
  /**
   * Means of what lies inside the image: with amounts of padding, sums divided by how many there
   * are.
   */
  AvgPool: (({ x }, { inputs, attrs, outputs: [y] }, tf) => {
    const info = poolInfo(inputs.x.shape, attrs);
    const { around, attributes } = poolWindows(info, false);
    const mean = tf.op('AvgPool', [padded(x, around, 0, inputs.x, tf)], { T: FLOAT, ...attributes });
    return around ? tf.op('Mul', [mean, shares(info, tf)], { T: { type: y.dtype } }) : mean;
  }) satisfies TensorflowKernel<PoolAttrs>,
  AvgPoolGrad: (({ dy }, { inputs: { input, dy: gradientValue }, attrs, outputs: [dx] }, tf) => {
    const info = withOutput(poolInfo(input.shape, attrs), gradientValue);
    if (tf.detours && info.strideHeight === 1 && info.strideWidth === 1) return meanGradByMeans(dy, info, tf);
    const { around, attributes } = poolWindows(info, false);
    const gradient = around ? tf.op('Mul', [dy, shares(info, tf)], { T: FLOAT }) : dy;
    const sizes = tf.ints(grown(input.shape, around));
    return cut(tf.op('AvgPoolGrad', [sizes, gradient], { T: FLOAT, ...attributes }), around, dx, tf);
  }) satisfies TensorflowKernel<PoolAttrs>,
  ResizeBilinear: (({ images }, { inputs, attrs, outputs: [y] }, tf) =>
    tf.op('ResizeBilinear', [images, tf.ints(y.shape.slice(1, 3))], {
      T: { type: inputs.images.dtype },
      ...resizeAttributes(attrs),
    })) satisfies TensorflowKernel<ResizeAttrs>,
  ResizeBilinearGrad: (({ dy, images }, { inputs, attrs }, tf) =>
    tf.op('ResizeBilinearGrad', [dy, images], {
      T: { type: inputs.images.dtype },
      ...resizeAttributes(attrs),
    })) satisfies TensorflowKernel<ResizeAttrs>,
  ResizeNearestNeighbor: (({ images }, { attrs, outputs: [y] }, tf) =>
    tf.op('ResizeNearestNeighbor', [images, tf.ints(y.shape.slice(1, 3))], {
      T: { type: y.dtype },
      ...resizeAttributes(attrs),
    })) satisfies TensorflowKernel<ResizeAttrs>,
  ResizeNearestNeighborGrad: (({ dy }, { attrs, outputs: [dx] }, tf) =>
    tf.op('ResizeNearestNeighborGrad', [dy, tf.ints(dx.shape.slice(1, 3))], {
      T: FLOAT,
      ...resizeAttributes(attrs),
    })) satisfies TensorflowKernel<ResizeAttrs>,
  MaxPoolWithArgmax: (({ x }, { inputs, attrs, outputs: [y] }, tf) => {
    const { around, attributes } = poolWindows(poolInfo(inputs.x.shape, attrs), false);
    if (around)
      throw new Error("jit: maxPoolWithArgmax with amounts of padding has no TensorFlow form; use 'same' or 'valid'");
    // TensorFlow.js passes NaNs over.
    const numbers = tf.op('SelectV2', [tf.op('IsNan', [x], { T: FLOAT }), tf.scalar(-Infinity), x], { T: FLOAT });
    const [values, places] = tf.node(
      'MaxPoolWithArgmax',
      [numbers],
      {
        T: { type: y.dtype },
        Targmax: { type: 'int64' },
        include_batch_in_index: attrs.includeBatchInIndex,
        ksize: attributes.ksize,
        strides: attributes.strides,
        padding: attributes.padding,
      },
      2,
    );
    return [values, tf.op('Cast', [places], { SrcT: { type: 'int64' }, DstT: INDEX })];
  }) satisfies TensorflowKernel<PoolAttrs & { includeBatchInIndex: boolean }>,
  CropAndResize: (({ image, boxes, boxInd }, { inputs, attrs }, tf) =>
    tf.op('CropAndResize', [image, boxes, boxInd, tf.ints(attrs.cropSize)], {
      T: { type: inputs.image.dtype },
      method: attrs.method,
      extrapolation_value: { float: attrs.extrapolationValue },
    })) satisfies TensorflowKernel<{ cropSize: [number, number]; method: string; extrapolationValue: number }>,
  FusedBatchNorm: (({ x, mean, variance, scale, offset }, { inputs, attrs }, tf) => {
    const op = (name: string, ...operands: string[]) => tf.op(name, operands, { T: { type: inputs.x.dtype } });
    const inverseDeviation = op('Rsqrt', op('AddV2', variance, tf.scalar(attrs.varianceEpsilon)));
    const factor = scale === undefined ? inverseDeviation : op('Mul', inverseDeviation, scale);
    const normal = op('Mul', op('Sub', x, mean), factor);
    return offset === undefined ? normal : op('AddV2', normal, offset);
  }) satisfies TensorflowKernel<{ varianceEpsilon: number }>,
} satisfies TensorflowKernelTable;
