import type { Value } from '../graph.ts';
import type { Lowering } from '../onnx/lowering.ts';
import { orderedLayout } from '../onnx/lowering.ts';
import { lowerConv2d, lowerConv2dFilterGrad, lowerConv2dInputGrad } from '../onnx/convolution.ts';
import { convOnCard } from '../onnx/conv-on-card.ts';
import { spreadTaps } from '../onnx/spread-taps.ts';
import type { Conv2DAttrs, Conv2DInfo } from './conv2d-info.ts';
import { conv2dInfo } from './conv2d-info.ts';
import type { Kernel, KernelCall } from './kernel.ts';

type Shape4D = [number, number, number, number];
const convInfo = (input: readonly number[], filter: readonly number[], attrs: Conv2DAttrs, depthwise = false) =>
  withWholeWindows(conv2dInfo(input, filter, attrs, depthwise));

/**
 * Where the number of windows has been rounded up, the last ones look further than the padding that
 * was asked for.
 */
function withWholeWindows(info: Conv2DInfo): Conv2DInfo {
  const { padInfo: pad } = info;
  const height = (info.outHeight - 1) * info.strideHeight + info.effectiveFilterHeight - info.inHeight - pad.top;
  const width = (info.outWidth - 1) * info.strideWidth + info.effectiveFilterWidth - info.inWidth - pad.left;
  return { ...info, padInfo: { ...pad, bottom: Math.max(pad.bottom, height), right: Math.max(pad.right, width) } };
}

/**
 * The same for a gradient: TensorFlow.js forgets to tell it how the number of windows was rounded,
 * but `dy` shows it.
 */
function gradInfo(
  input: readonly number[],
  filter: readonly number[],
  attrs: Conv2DAttrs,
  [, outHeight, outWidth]: readonly number[],
  depthwise = false,
): Conv2DInfo {
  return withWholeWindows({ ...convInfo(input, filter, attrs, depthwise), outHeight, outWidth });
}

const convOptions = (info: Conv2DInfo) => ({
  kernel_shape: [info.filterHeight, info.filterWidth],
  strides: [info.strideHeight, info.strideWidth],
  dilations: [info.dilationHeight, info.dilationWidth],
  pads: [info.padInfo.top, info.padInfo.left, info.padInfo.bottom, info.padInfo.right],
});

interface ResizeAttrs {
  alignCorners: boolean;
  halfPixelCenters: boolean;
  size: [number, number];
}

type ResizeMode = Omit<ResizeAttrs, 'size'>;

const coordinates = ({ alignCorners, halfPixelCenters }: ResizeMode) =>
  alignCorners ? 'align_corners' : halfPixelCenters ? 'half_pixel' : 'asymmetric';

const resized = ({ shape: [n, , , c] }: { shape: readonly number[] }, { size }: ResizeAttrs) => [n, ...size, c];

function lowerResize(x: Value, y: Value, options: Record<string, string>, to: Lowering) {
  const [n, h, w, c] = y.shape;
  const factors = [h / x.shape[1], w / x.shape[2]];
  const { nearest_mode: _, ...blockedOptions } = options;
  if (to.has(x, 'blocked') && x.dtype === 'float32' && factors.every(Number.isInteger)) {
    const inputs = [to.get(x, 'blocked')];
    return to.set(
      y,
      to.onnx.op('com.microsoft.nchwc:Upsample', inputs, { ...blockedOptions, scales: [1, 1, ...factors] }),
      'blocked',
    );
  }
  const image = to.get(x, 'channelsFirst');
  const typed = x.dtype === y.dtype ? image : to.onnx.op('Cast', [image], { to: 1 });
  to.set(y, to.onnx.op('Resize', [typed, '', '', to.onnx.ints([n, c, h, w])], options), 'channelsFirst');
}

/** `[outputs, inputs]` matrix of bilinear interpolation along one axis. */
function interpolation(inputs: number, outputs: number, { alignCorners, halfPixelCenters }: ResizeMode): Float32Array {
  const matrix = new Float32Array(outputs * inputs);
  const scale = alignCorners && outputs > 1 ? (inputs - 1) / (outputs - 1) : inputs / outputs;
  for (let row = 0; row < outputs; row++) {
    const position = halfPixelCenters ? Math.max(0, (row + 0.5) * scale - 0.5) : row * scale;
    const low = Math.min(Math.floor(position), inputs - 1);
    const high = Math.min(low + 1, inputs - 1);
    matrix[row * inputs + low] += 1 - (position - low);
    matrix[row * inputs + high] += position - low;
  }
  return matrix;
}

/** For each position of the resized axis the position that it shows. */
function nearest(inputs: number, outputs: number, { alignCorners, halfPixelCenters }: ResizeMode): number[] {
  const cornered = alignCorners && outputs > 1;
  const scale = cornered ? (inputs - 1) / (outputs - 1) : inputs / outputs;
  return Array.from({ length: outputs }, (_, i) => {
    const position = (halfPixelCenters ? i + 0.5 : i) * scale;
    return Math.min(inputs - 1, alignCorners ? Math.round(position) : Math.floor(position));
  });
}

/** `[outputs, inputs]` matrix of the same. */
function nearestMatrix(inputs: number, outputs: number, mode: ResizeMode): Float32Array {
  const matrix = new Float32Array(outputs * inputs);
  nearest(inputs, outputs, mode).forEach((source, row) => (matrix[row * inputs + source] = 1));
  return matrix;
}

/** dx of a resize that is the product with one matrix along rows and another along columns. */
function lowerResizeGrad(
  { inputs: { images, dy }, attrs, outputs: [dx] }: KernelCall<ResizeMode>,
  matrix: typeof interpolation,
  to: Lowering,
) {
  const { onnx } = to;
  const [, h, w] = images.shape;
  const [, outH, outW] = dy.shape;
  const rows = onnx.op('Transpose', [onnx.floats(matrix(h, outH, attrs), [outH, h])], { perm: [1, 0] });
  const columns = onnx.floats(matrix(w, outW, attrs), [outW, w]);
  const overRows = onnx.op('MatMul', [rows, to.get(dy, 'channelsFirst')]);
  to.set(dx, onnx.op('MatMul', [overRows, columns]), 'channelsFirst');
}

const depthwiseFilter = (filter: Value, to: Lowering) =>
  to.cached(filter, 'depthwise', () => {
    const [h, w, channels, multiplier] = filter.shape;
    const transposed = to.onnx.op('Transpose', [to.get(filter)], { perm: [2, 3, 0, 1] });
    return to.onnx.op('Reshape', [transposed, to.onnx.ints([channels * multiplier, 1, h, w])]);
  });

/** dL/dx of a depthwise convolution, tap by tap. */
function depthwiseInputGradByTaps(dy: Value, filter: Value, info: Conv2DInfo, to: Lowering): string {
  const { onnx } = to;
  const { batchSize: n, inChannels: c, outHeight, outWidth, padInfo } = info;
  const [height, width, , multiplier] = filter.shape;
  const weights = depthwiseFilter(filter, to);
  const gradient = to.get(dy, 'channelsFirst');
  const shares = Array.from({ length: height }, (_, row) =>
    Array.from({ length: width }, (_, column) => {
      const tap = [onnx.ints([row, column]), onnx.ints([row + 1, column + 1]), onnx.ints([2, 3])];
      const factors = onnx.op('Reshape', [onnx.op('Slice', [weights, ...tap]), onnx.ints([1, c * multiplier, 1, 1])]);
      const product = onnx.op('Mul', [gradient, factors]);
      if (multiplier === 1) return product;
      const apart = onnx.op('Reshape', [product, onnx.ints([n, c, multiplier, outHeight * outWidth])]);
      return onnx.op('ReduceSum', [apart, onnx.ints([2])], { keepdims: 0 });
    }),
  );
  const offsets = (count: number, dilation: number) => Array.from({ length: count }, (_, tap) => tap * dilation);
  const rows = {
    ...{ strides: info.strideHeight, offsets: offsets(height, info.dilationHeight) },
    ...{ before: padInfo.top, inside: info.inHeight, outside: outHeight },
  };
  const columns = {
    ...{ strides: info.strideWidth, offsets: offsets(width, info.dilationWidth) },
    ...{ before: padInfo.left, inside: info.inWidth, outside: outWidth },
  };
  const image = spreadTaps(shares, { planes: n * c, rows, columns }, to);
  return onnx.op('Reshape', [image, onnx.ints([n, c, info.inHeight, info.inWidth])]);
}

/** Convolution, resizing, batch normalisation. */
export const imageKernels = {
  Conv2D: {
    infer: ({ x, filter }, attrs) => [{ shape: convInfo(x.shape, filter.shape, attrs).outShape, dtype: 'float32' }],
    lower: ({ inputs: { x, filter }, attrs, outputs: [y] }, to) =>
      lowerConv2d(x, filter, y, convInfo(x.shape, filter.shape, attrs), to),
  } satisfies Kernel<Conv2DAttrs>,
  Conv2DBackpropInput: {
    infer: (_inputs, { inputShape }) => [{ shape: inputShape, dtype: 'float32' }],
    lower: ({ inputs: { dy, filter }, attrs, outputs: [dx] }, to) =>
      lowerConv2dInputGrad(dy, filter, dx, gradInfo(attrs.inputShape, filter.shape, attrs, dy.shape), to),
  } satisfies Kernel<Conv2DAttrs & { inputShape: Shape4D }>,
  Conv2DBackpropFilter: {
    infer: (_inputs, { filterShape }) => [{ shape: filterShape, dtype: 'float32' }],
    lower: ({ inputs: { x, dy }, attrs, outputs: [dw] }, to) =>
      lowerConv2dFilterGrad(x, dy, dw, gradInfo(x.shape, attrs.filterShape, attrs, dy.shape), to),
  } satisfies Kernel<Conv2DAttrs & { filterShape: Shape4D }>,
  DepthwiseConv2dNative: {
    infer: ({ x, filter }, attrs) => [
      { shape: convInfo(x.shape, filter.shape, attrs, true).outShape, dtype: 'float32' },
    ],
    lower: ({ inputs: { x, filter }, attrs, outputs: [y] }, to) => {
      const info = convInfo(x.shape, filter.shape, attrs, true);
      const { inChannels } = info;
      const given = {
        ...{ image: to.get(x, 'channelsFirst'), filter: depthwiseFilter(filter, to) },
        pads: convOptions(info).pads,
      };
      const conv = convOnCard(given, { inChannels, grouped: true }, to);
      const options = { ...convOptions(info), pads: conv.pads, group: inChannels };
      to.set(y, to.onnx.op('Conv', [conv.image, conv.filter], options), 'channelsFirst');
    },
  } satisfies Kernel<Conv2DAttrs>,
  DepthwiseConv2dNativeBackpropInput: {
    infer: (_inputs, { inputShape }) => [{ shape: inputShape, dtype: 'float32' }],
    lower: ({ inputs: { dy, filter }, attrs, outputs: [dx] }, to) => {
      const info = gradInfo(attrs.inputShape, filter.shape, attrs, dy.shape, true);
      if (to.onCard) return to.set(dx, depthwiseInputGradByTaps(dy, filter, info, to), 'channelsFirst');
      const { padInfo: pad, strideHeight, strideWidth } = info;
      const output_padding = [
        info.inHeight + pad.top + pad.bottom - ((info.outHeight - 1) * strideHeight + info.effectiveFilterHeight),
        info.inWidth + pad.left + pad.right - ((info.outWidth - 1) * strideWidth + info.effectiveFilterWidth),
      ];
      const options = {
        ...convOptions(info),
        group: info.inChannels,
        output_padding,
      };
      to.set(
        dx,
        to.onnx.op('ConvTranspose', [to.get(dy, 'channelsFirst'), depthwiseFilter(filter, to)], options),
        'channelsFirst',
      );
    },
  } satisfies Kernel<Conv2DAttrs & { inputShape: Shape4D }>,
  /**
   * A convolution whose kernel is dy and whose channels are the batch, one group a channel; stride
   * and dilation change places.
   */
  DepthwiseConv2dNativeBackpropFilter: {
    infer: (_inputs, { filterShape }) => [{ shape: filterShape, dtype: 'float32' }],
    lower: ({ inputs: { x, dy }, attrs, outputs: [dw] }, to) => {
      const { onnx } = to;
      const info = gradInfo(x.shape, attrs.filterShape, attrs, dy.shape, true);
      const { inChannels: c, batchSize: n, filterHeight: kh, filterWidth: kw } = info;
      const images = onnx.op('Reshape', [
        to.get(x, 'channelsBatch'),
        onnx.ints([1, c * n, info.inHeight, info.inWidth]),
      ]);
      const operands = { image: images, filter: to.get(dy, 'channelsBatch'), pads: convOptions(info).pads };
      const conv = convOnCard(operands, { inChannels: c * n, grouped: true }, to);
      const all = onnx.op('Conv', [conv.image, conv.filter], {
        kernel_shape: [info.outHeight, info.outWidth],
        strides: [info.dilationHeight, info.dilationWidth],
        dilations: [info.strideHeight, info.strideWidth],
        pads: conv.pads,
        group: c,
      });
      // Pixels that no window reaches give more taps than the filter has.
      const taps = onnx.op('Slice', [all, onnx.ints([0, 0]), onnx.ints([kh, kw]), onnx.ints([2, 3])]);
      const parts = onnx.op('Reshape', [taps, onnx.ints([c, attrs.filterShape[3], kh, kw])]);
      to.set(dw, onnx.op('Transpose', [parts], { perm: [2, 3, 0, 1] }));
    },
  } satisfies Kernel<Conv2DAttrs & { filterShape: Shape4D }>,
  ResizeBilinear: {
    infer: ({ images }, attrs) => [{ shape: resized(images, attrs), dtype: 'float32' }],
    lower: ({ inputs: { images }, attrs, outputs: [y] }, to) =>
      lowerResize(images, y, { mode: 'linear', coordinate_transformation_mode: coordinates(attrs) }, to),
  } satisfies Kernel<ResizeAttrs>,
  ResizeBilinearGrad: {
    infer: ({ images }) => [images],
    lower: (call: KernelCall<ResizeMode>, to: Lowering) => lowerResizeGrad(call, interpolation, to),
  } satisfies Kernel<ResizeMode>,
  ResizeNearestNeighbor: {
    infer: ({ images }, attrs) => [{ shape: resized(images, attrs), dtype: images.dtype }],
    lower: ({ inputs: { images }, attrs, outputs: [y] }, to) => {
      const [, h, w] = images.shape;
      const [outH, outW] = attrs.size;
      if (attrs.alignCorners || attrs.halfPixelCenters) {
        const { onnx } = to;
        const rows = onnx.op('Gather', [to.get(images, 'channelsFirst'), onnx.ints(nearest(h, outH, attrs))], {
          axis: 2,
        });
        return to.set(y, onnx.op('Gather', [rows, onnx.ints(nearest(w, outW, attrs))], { axis: 3 }), 'channelsFirst');
      }
      const mode = { coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' };
      lowerResize(images, y, { mode: 'nearest', ...mode }, to);
    },
  } satisfies Kernel<ResizeAttrs>,
  ResizeNearestNeighborGrad: {
    infer: ({ images }) => [images],
    lower: ({ inputs: { images, dy }, attrs, outputs: [dx] }: KernelCall<ResizeMode>, to: Lowering) => {
      const [kh, kw] = [dy.shape[1] / images.shape[1], dy.shape[2] / images.shape[2]];
      if (attrs.alignCorners || !Number.isInteger(kh) || !Number.isInteger(kw))
        return lowerResizeGrad({ inputs: { images, dy }, attrs, outputs: [dx] }, nearestMatrix, to);
      const windows = { kernel_shape: [kh, kw], strides: [kh, kw] };
      const [pool, layout] = to.has(dy, 'blocked')
        ? (['com.microsoft.nchwc:AveragePool', 'blocked'] as const)
        : (['AveragePool', 'channelsFirst'] as const);
      const mean = to.onnx.op(pool, [to.get(dy, layout)], windows);
      to.set(dx, to.onnx.op('Mul', [mean, to.onnx.scalar(kh * kw)]), layout);
    },
  } satisfies Kernel<ResizeMode>,
  CropAndResize: {
    infer: ({ image, boxes }, { cropSize }) => [
      { shape: [boxes.shape[0], ...cropSize, image.shape[3]], dtype: 'float32' },
    ],
    lower: ({ inputs: { image, boxes, boxInd }, attrs, outputs: [y] }, to) => {
      const { onnx } = to;
      const name = to.get(image, 'channelsFirst');
      const floats = image.dtype === 'float32' ? name : onnx.op('Cast', [name], { to: 1 });
      const size = onnx.constant(Int32Array.from(attrs.cropSize), [2], 'int32');
      const operands = [floats, to.get(boxes), to.get(boxInd), size];
      const crops = to.onnx.op('com.microsoft:CropAndResize', operands, {
        mode: attrs.method,
        extrapolation_value: { float: attrs.extrapolationValue },
      });
      to.set(y, crops, 'channelsFirst');
    },
  } satisfies Kernel<{ cropSize: [number, number]; method: 'bilinear' | 'nearest'; extrapolationValue: number }>,
  FusedBatchNorm: {
    infer: ({ x }) => [x],
    lower: ({ inputs, attrs, outputs: [y] }: KernelCall<{ varianceEpsilon: number }>, to: Lowering) => {
      const { onnx } = to;
      const { x, mean, variance } = inputs;
      const layout = orderedLayout([x], to);
      const rank = x.shape.length;
      const spread = onnx.op('Sqrt', [
        onnx.op('Add', [to.operand(variance, rank, layout), onnx.scalar(attrs.varianceEpsilon)]),
      ]);
      let name = onnx.op('Div', [onnx.op('Sub', [to.get(x, layout), to.operand(mean, rank, layout)]), spread]);
      if (inputs.scale) name = onnx.op('Mul', [name, to.operand(inputs.scale, rank, layout)]);
      if (inputs.offset) name = onnx.op('Add', [name, to.operand(inputs.offset, rank, layout)]);
      to.set(y, name, layout);
    },
  } satisfies Kernel<{ varianceEpsilon: number }>,
};

/**
 * TensorFlow.js's own convolution gradients know neither dilation nor, on every backend, explicit
 * padding. These do, under the names of TensorFlow's second version; code that composes its own
 * gradients elsewhere uses them where the backend has them.
 */
export const dilatedGradients = {
  Conv2DBackpropInputV2: imageKernels.Conv2DBackpropInput,
  Conv2DBackpropFilterV2: imageKernels.Conv2DBackpropFilter,
};
