import { backend_util } from '@tensorflow/tfjs-core';
import type { Value } from '../graph.ts';
import type { Lowering } from '../onnx/lowering.ts';
import { orderedLayout } from '../onnx/lowering.ts';
import { lowerConv2d, lowerConv2dFilterGrad, lowerConv2dInputGrad } from '../onnx/convolution.ts';
import type { Kernel, KernelCall } from './kernel.ts';

type Shape4D = [number, number, number, number];
type Pair = number | [number, number];
type Padding = Parameters<typeof backend_util.computeConv2DInfo>[4];
type Rounding = 'floor' | 'round' | 'ceil';

interface ConvAttrs {
  strides: Pair;
  pad: Padding;
  dilations?: Pair;
  dataFormat?: 'NHWC' | 'NCHW';
  dimRoundingMode?: Rounding;
}

const asShape = (shape: readonly number[]) => [...shape] as Shape4D;

function convInfo(input: readonly number[], filter: readonly number[], attrs: ConvAttrs, depthwise = false) {
  if (attrs.dataFormat === 'NCHW')
    throw new Error("jit: convolutions with dataFormat 'NCHW' have no compiled form; use 'NHWC'");
  return backend_util.computeConv2DInfo(
    asShape(input),
    asShape(filter),
    attrs.strides,
    attrs.dilations ?? 1,
    attrs.pad,
    attrs.dimRoundingMode,
    depthwise,
  );
}

interface PoolAttrs {
  filterSize: Pair;
  strides: Pair;
  pad: Padding;
  dimRoundingMode?: Rounding;
}

const poolInfo = (input: readonly number[], attrs: PoolAttrs) =>
  backend_util.computePool2DInfo(asShape(input), attrs.filterSize, attrs.strides, 1, attrs.pad, attrs.dimRoundingMode);

type PoolInfo = ReturnType<typeof poolInfo>;

const poolOptions = ({ filterHeight, filterWidth, strideHeight, strideWidth, padInfo }: PoolInfo) => ({
  kernel_shape: [filterHeight, filterWidth],
  strides: [strideHeight, strideWidth],
  pads: [padInfo.top, padInfo.left, padInfo.bottom, padInfo.right],
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
  to.set(
    y,
    to.onnx.op('Resize', [to.get(x, 'channelsFirst'), '', '', to.onnx.ints([n, c, h, w])], options),
    'channelsFirst',
  );
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

const depthwiseFilter = (filter: Value, to: Lowering) =>
  to.cached(filter, 'depthwise', () => {
    const [h, w, channels, multiplier] = filter.shape;
    const transposed = to.onnx.op('Transpose', [to.get(filter)], { perm: [2, 3, 0, 1] });
    return to.onnx.op('Reshape', [transposed, to.onnx.ints([channels * multiplier, 1, h, w])]);
  });

const poolIndices = 'positions of the maxima';

/** Convolution, pooling, resizing, batch normalisation. */
export const imageKernels = {
  Conv2D: {
    infer: ({ x, filter }, attrs) => [{ shape: convInfo(x.shape, filter.shape, attrs).outShape, dtype: 'float32' }],
    lower: ({ inputs: { x, filter }, attrs, outputs: [y] }, to) =>
      lowerConv2d(x, filter, y, convInfo(x.shape, filter.shape, attrs), to),
  } satisfies Kernel<ConvAttrs>,
  Conv2DBackpropInput: {
    infer: (_inputs, { inputShape }) => [{ shape: inputShape, dtype: 'float32' }],
    lower: ({ inputs: { dy, filter }, attrs, outputs: [dx] }, to) =>
      lowerConv2dInputGrad(dy, filter, dx, convInfo(attrs.inputShape, filter.shape, attrs), to),
  } satisfies Kernel<ConvAttrs & { inputShape: Shape4D }>,
  Conv2DBackpropFilter: {
    infer: (_inputs, { filterShape }) => [{ shape: filterShape, dtype: 'float32' }],
    lower: ({ inputs: { x, dy }, attrs, outputs: [dw] }, to) =>
      lowerConv2dFilterGrad(x, dy, dw, convInfo(x.shape, attrs.filterShape, attrs), to),
  } satisfies Kernel<ConvAttrs & { filterShape: Shape4D }>,
  DepthwiseConv2dNative: {
    infer: ({ x, filter }, attrs) => [
      { shape: convInfo(x.shape, filter.shape, attrs, true).outShape, dtype: 'float32' },
    ],
    lower: ({ inputs: { x, filter }, attrs, outputs: [y] }, to) => {
      const info = convInfo(x.shape, filter.shape, attrs, true);
      const options = {
        ...poolOptions(info),
        dilations: [info.dilationHeight, info.dilationWidth],
        group: info.inChannels,
      };
      to.set(
        y,
        to.onnx.op('Conv', [to.get(x, 'channelsFirst'), depthwiseFilter(filter, to)], options),
        'channelsFirst',
      );
    },
  } satisfies Kernel<ConvAttrs>,
  DepthwiseConv2dNativeBackpropInput: {
    infer: (_inputs, { inputShape }) => [{ shape: inputShape, dtype: 'float32' }],
    lower: ({ inputs: { dy, filter }, attrs, outputs: [dx] }, to) => {
      const info = convInfo(attrs.inputShape, filter.shape, attrs, true);
      const { padInfo: pad, strideHeight, strideWidth } = info;
      const output_padding = [
        info.inHeight + pad.top + pad.bottom - ((info.outHeight - 1) * strideHeight + info.effectiveFilterHeight),
        info.inWidth + pad.left + pad.right - ((info.outWidth - 1) * strideWidth + info.effectiveFilterWidth),
      ];
      const options = {
        ...poolOptions(info),
        dilations: [info.dilationHeight, info.dilationWidth],
        group: info.inChannels,
        output_padding,
      };
      to.set(
        dx,
        to.onnx.op('ConvTranspose', [to.get(dy, 'channelsFirst'), depthwiseFilter(filter, to)], options),
        'channelsFirst',
      );
    },
  } satisfies Kernel<ConvAttrs & { inputShape: Shape4D }>,
  MaxPool: {
    infer: ({ x }, attrs) => [{ shape: poolInfo(x.shape, attrs).outShape, dtype: x.dtype }],
    lower: ({ inputs: { x }, attrs, outputs: [y] }, to) => {
      const [name, indices] = to.onnx.node(
        'MaxPool',
        [to.get(x, 'channelsFirst')],
        poolOptions(poolInfo(x.shape, attrs)),
        2,
      );
      to.set(y, name, 'channelsFirst');
      to.cached(y, poolIndices, () => indices);
    },
  } satisfies Kernel<PoolAttrs>,
  /** Each window's gradient goes to its first maximum, as in TensorFlow.js and PyTorch. */
  MaxPoolGrad: {
    infer: ({ input }) => [input],
    lower: ({ inputs: { dy, input, output }, attrs, outputs: [dx] }, to) => {
      const { onnx } = to;
      const flat = onnx.ints([-1]);
      const indices = to.cached(
        output,
        poolIndices,
        () => onnx.node('MaxPool', [to.get(input, 'channelsFirst')], poolOptions(poolInfo(input.shape, attrs)), 2)[1],
      );
      const [n, h, w, c] = input.shape;
      const zeros = onnx.op('Expand', [onnx.scalar(0), onnx.ints([n * h * w * c])]);
      const updates = onnx.op('Reshape', [to.get(dy, 'channelsFirst'), flat]);
      const scattered = onnx.op('ScatterElements', [zeros, onnx.op('Reshape', [indices, flat]), updates], {
        axis: 0,
        reduction: 'add',
      });
      to.set(dx, onnx.op('Reshape', [scattered, onnx.ints([n, c, h, w])]), 'channelsFirst');
    },
  } satisfies Kernel<PoolAttrs>,
  AvgPool: {
    infer: ({ x }, attrs) => [{ shape: poolInfo(x.shape, attrs).outShape, dtype: 'float32' }],
    lower: ({ inputs: { x }, attrs, outputs: [y] }, to) =>
      to.set(
        y,
        to.onnx.op('AveragePool', [to.get(x, 'channelsFirst')], poolOptions(poolInfo(x.shape, attrs))),
        'channelsFirst',
      ),
  } satisfies Kernel<PoolAttrs>,
  AvgPoolGrad: {
    infer: ({ input }) => [input],
    lower: ({ inputs: { dy, input }, attrs, outputs: [dx] }: KernelCall<PoolAttrs>, to: Lowering) => {
      const { onnx } = to;
      const info = poolInfo(input.shape, attrs);
      const { filterHeight: kh, filterWidth: kw, padInfo: pad } = info;
      if (info.strideHeight === 1 && info.strideWidth === 1 && pad.top + pad.bottom + pad.left + pad.right === 0) {
        const pads = [kh - 1, kw - 1, kh - 1, kw - 1];
        const options = { kernel_shape: [kh, kw], strides: [1, 1], pads, count_include_pad: 1 };
        return to.set(dx, onnx.op('AveragePool', [to.get(dy, 'channelsFirst')], options), 'channelsFirst');
      }
      if (pad.top + pad.bottom + pad.left + pad.right > 0) {
        throw new Error(
          "jit: the gradient of average pooling with padding has no compiled form; pad first, or use engine: 'eager'",
        );
      }
      const [, h, w, c] = input.shape;
      const ones = onnx.floats(new Float32Array(c * kh * kw).fill(1 / (kh * kw)), [c, 1, kh, kw]);
      const output_padding = [
        h - ((info.outHeight - 1) * info.strideHeight + kh),
        w - ((info.outWidth - 1) * info.strideWidth + kw),
      ];
      const options = { ...poolOptions(info), group: c, output_padding };
      to.set(dx, onnx.op('ConvTranspose', [to.get(dy, 'channelsFirst'), ones], options), 'channelsFirst');
    },
  } satisfies Kernel<PoolAttrs>,
  ResizeBilinear: {
    infer: ({ images }, attrs) => [{ shape: resized(images, attrs), dtype: 'float32' }],
    lower: ({ inputs: { images }, attrs, outputs: [y] }, to) =>
      lowerResize(images, y, { mode: 'linear', coordinate_transformation_mode: coordinates(attrs) }, to),
  } satisfies Kernel<ResizeAttrs>,
  ResizeBilinearGrad: {
    infer: ({ images }) => [images],
    lower: ({ inputs: { images, dy }, attrs, outputs: [dx] }: KernelCall<ResizeMode>, to: Lowering) => {
      const { onnx } = to;
      const [, h, w] = images.shape;
      const [, outH, outW] = dy.shape;
      const rows = onnx.op('Transpose', [onnx.floats(interpolation(h, outH, attrs), [outH, h])], { perm: [1, 0] });
      const columns = onnx.floats(interpolation(w, outW, attrs), [outW, w]);
      const overRows = onnx.op('MatMul', [rows, to.get(dy, 'channelsFirst')]);
      to.set(dx, onnx.op('MatMul', [overRows, columns]), 'channelsFirst');
    },
  } satisfies Kernel<ResizeMode>,
  ResizeNearestNeighbor: {
    infer: ({ images }, attrs) => [{ shape: resized(images, attrs), dtype: images.dtype }],
    lower: ({ inputs: { images }, attrs, outputs: [y] }, to) => {
      const mode = attrs.alignCorners
        ? { coordinate_transformation_mode: 'align_corners', nearest_mode: 'round_prefer_ceil' }
        : { coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' };
      lowerResize(images, y, { mode: 'nearest', ...mode }, to);
    },
  } satisfies Kernel<ResizeAttrs>,
  ResizeNearestNeighborGrad: {
    infer: ({ images }) => [images],
    lower: ({ inputs: { images, dy }, attrs, outputs: [dx] }: KernelCall<ResizeMode>, to: Lowering) => {
      const [kh, kw] = [dy.shape[1] / images.shape[1], dy.shape[2] / images.shape[2]];
      if (attrs.alignCorners || !Number.isInteger(kh) || !Number.isInteger(kw)) {
        throw new Error(
          "jit: the gradient of nearest resizing is compiled only for whole factors without alignCorners; use engine: 'eager'",
        );
      }
      const mean = to.onnx.op('AveragePool', [to.get(dy, 'channelsFirst')], {
        kernel_shape: [kh, kw],
        strides: [kh, kw],
      });
      to.set(dx, to.onnx.op('Mul', [mean, to.onnx.scalar(kh * kw)]), 'channelsFirst');
    },
  } satisfies Kernel<ResizeMode>,
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
 * TensorFlow.js's own convolution gradients know neither dilation nor, on every backend, explicit padding. These do, under the names of TensorFlow's
 * second version; code that composes its own gradients elsewhere uses them where the backend has them.
 */
export const dilatedGradients = {
  Conv2DBackpropInputV2: imageKernels.Conv2DBackpropInput,
  Conv2DBackpropFilterV2: imageKernels.Conv2DBackpropFilter,
};
