import { backend_util, upcastType, util } from '@tensorflow/tfjs-core';
import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';

export type Inputs = Readonly<Record<string, TensorInfo | undefined>>;

/** What a composition is made of. */
export interface Calls {
  /** Records one kernel and returns its result. */
  call(kernel: string, inputs: Inputs, attrs?: unknown): TensorInfo;
  /** A tensor with known values. */
  constant(values: Float32Array | Int32Array, shape: readonly number[], dtype: DataType): TensorInfo;
}

export type Composition = (inputs: Inputs, attrs: never, calls: Calls) => TensorInfo;

const range = (n: number) => Array.from({ length: n }, (_, i) => i);
const sizeOf = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);
const given = (input: TensorInfo | undefined): TensorInfo => input!;

const number = ({ constant }: Calls, value: number) => constant(Float32Array.of(value), [], 'float32');

type FourPaddings = [[number, number], [number, number], [number, number], [number, number]];

interface ConvAttrs {
  dataFormat?: 'NHWC' | 'NCHW';
  pad: 'same' | 'valid' | number | FourPaddings;
  inputShape?: number[];
}

const channelsLast = <T>([n, c, h, w]: readonly T[]): T[] => [n, h, w, c];

/**
 * A convolution, or one of its gradients, of images with channels first: turned to channels last
 * and back.
 */
function convolution(kernel: string, inputs: Inputs, attrs: ConvAttrs, { call }: Calls): TensorInfo {
  if (attrs.dataFormat !== 'NCHW') return call(kernel, inputs, attrs);
  const turned = Object.entries(inputs).map(([name, x]) => [
    name,
    name === 'filter' ? x : call('Transpose', { x }, { perm: [0, 2, 3, 1] }),
  ]);
  const result = call(kernel, Object.fromEntries(turned) as Inputs, {
    ...attrs,
    dataFormat: 'NHWC',
    pad: typeof attrs.pad === 'object' ? channelsLast(attrs.pad) : attrs.pad,
    ...(attrs.inputShape && { inputShape: channelsLast(attrs.inputShape) }),
  });
  return kernel.includes('BackpropFilter') ? result : call('Transpose', { x: result }, { perm: [0, 3, 1, 2] });
}

const eitherFormat =
  (kernel: string): Composition =>
  (inputs, attrs: ConvAttrs, calls) =>
    convolution(kernel, inputs, attrs, calls);

interface FusedAttrs extends ConvAttrs {
  activation?: string | null;
  leakyreluAlpha?: number;
}

const ACTIVATIONS: Record<string, string> = {
  relu: 'Relu',
  relu6: 'Relu6',
  elu: 'Elu',
  sigmoid: 'Sigmoid',
  leakyrelu: 'LeakyRelu',
  prelu: 'Prelu',
};

/** A kernel, then a bias, then an activation. */
const fused =
  (kernel: string, names: [string, string]): Composition =>
  (inputs, attrs: FusedAttrs, calls) => {
    const { call } = calls;
    // A list of one number for each channel lies along the last axis, unless channels come first.
    const perChannel = (x: TensorInfo | undefined) =>
      attrs.dataFormat === 'NCHW' && x?.shape.length === 1 && x.shape[0] > 1
        ? call('Reshape', { x }, { shape: [x.shape[0], 1, 1] })
        : x;
    const product = convolution(kernel, { [names[0]]: inputs[names[0]], [names[1]]: inputs[names[1]] }, attrs, calls);
    const result = inputs.bias ? call('Add', { a: product, b: perChannel(inputs.bias) }) : product;
    const { activation } = attrs;
    if (!activation || activation === 'linear') return result;
    const alpha = activation === 'prelu' ? { alpha: perChannel(inputs.preluActivationWeights) } : {};
    return call(ACTIVATIONS[activation], { x: result, ...alpha }, { alpha: attrs.leakyreluAlpha ?? 0.2 });
  };

interface BinCountAttrs {
  size: number;
  binaryOutput?: boolean;
}

const countBins: Composition = (inputs, { size, binaryOutput }: BinCountAttrs, { call, constant }) => {
  const x = given(inputs.x);
  const weights = given(inputs.weights);
  const { dtype } = weights;
  const hits = call('OneHot', { indices: x }, { depth: size, onValue: 1, offValue: 0, dtype });
  const weighted =
    sizeOf(weights.shape) === 0 || binaryOutput
      ? hits
      : call('Multiply', { a: hits, b: call('Reshape', { x: weights }, { shape: [...weights.shape, 1] }) });
  const counts = call('Sum', { x: weighted }, { axis: x.shape.length - 1, keepDims: false });
  if (!binaryOutput) return counts;
  const one = constant(dtype === 'int32' ? Int32Array.of(1) : Float32Array.of(1), [], dtype);
  return call('Minimum', { a: counts, b: one });
};

interface LrnAttrs {
  depthRadius: number;
  bias: number;
  alpha: number;
  beta: number;
}

/** For each channel the sum over the channels around it. */
function sumOfNeighbours(x: TensorInfo, radius: number, { call, constant }: Calls): TensorInfo {
  const channels = x.shape[3];
  const near = Float32Array.from({ length: channels * channels }, (_, i) =>
    Number(Math.abs((i % channels) - Math.floor(i / channels)) <= radius),
  );
  const rows = call('Reshape', { x }, { shape: [sizeOf(x.shape) / channels, channels] });
  const band = constant(near, [channels, channels], 'float32');
  const sums = call('BatchMatMul', { a: rows, b: band }, { transposeA: false, transposeB: false });
  return call('Reshape', { x: sums }, { shape: x.shape });
}

/** bias + alpha · Σ x² over the channels around. */
function lrnNorm(x: TensorInfo, { depthRadius, bias, alpha }: LrnAttrs, calls: Calls): TensorInfo {
  const { call } = calls;
  const squares = sumOfNeighbours(call('Square', { x }), depthRadius, calls);
  return call('Add', { a: call('Multiply', { a: squares, b: number(calls, alpha) }), b: number(calls, bias) });
}

/** Kernels that are recorded as several others, and so need no form of their own in any target. */
export const COMPOSITIONS: Readonly<Record<string, Composition>> = {
  Conv2D: eitherFormat('Conv2D'),
  Conv2DBackpropInput: eitherFormat('Conv2DBackpropInput'),
  Conv2DBackpropFilter: eitherFormat('Conv2DBackpropFilter'),
  FusedConv2D: fused('Conv2D', ['x', 'filter']),
  FusedDepthwiseConv2D: fused('DepthwiseConv2dNative', ['x', 'filter']),
  _FusedMatMul: fused('BatchMatMul', ['a', 'b']),
  Range: (_inputs, attrs: { start: number; stop: number; step: number; dtype?: DataType }, { constant }) => {
    const { start, stop } = attrs;
    const step = stop < start && attrs.step === 1 ? -1 : attrs.step;
    const count = Math.max(0, Math.ceil((stop - start) / step));
    const at = (_: unknown, i: number) => start + i * step;
    return attrs.dtype === 'int32'
      ? constant(Int32Array.from({ length: count }, at), [count], 'int32')
      : constant(Float32Array.from({ length: count }, at), [count], attrs.dtype ?? 'float32');
  },
  LinSpace: (_inputs, { start, stop, num }: { start: number; stop: number; num: number }, { constant }) => {
    const values = Float32Array.from({ length: num }, (_, i) => start + (i * (stop - start)) / Math.max(num - 1, 1));
    return constant(values, [num], 'float32');
  },
  /** Of all elements, whatever their shape. */
  Bincount: (inputs, attrs: BinCountAttrs, calls) => {
    const x = calls.call('Reshape', { x: inputs.x }, { shape: [sizeOf(given(inputs.x).shape)] });
    return countBins({ ...inputs, x }, attrs as never, calls);
  },
  DenseBincount: countBins,
  SpaceToBatchND: (
    inputs,
    { blockShape, paddings }: { blockShape: number[]; paddings: [number, number][] },
    { call },
  ) => {
    const x = given(inputs.x);
    const all = range(x.shape.length).map((axis) => paddings[axis - 1] ?? [0, 0]);
    const padded = call('PadV2', { x }, { paddings: all, constantValue: 0 });
    const block = sizeOf(blockShape);
    const parts = backend_util.getReshaped(padded.shape, blockShape, block, false);
    const perm = backend_util.getPermuted(parts.length, blockShape.length, false);
    const shape = backend_util.getReshapedPermuted(padded.shape, blockShape, block, false);
    const turned = call('Transpose', { x: call('Reshape', { x: padded }, { shape: parts }) }, { perm });
    return call('Reshape', { x: turned }, { shape });
  },
  BatchToSpaceND: (inputs, { blockShape, crops }: { blockShape: number[]; crops: number[][] }, { call }) => {
    const x = given(inputs.x);
    const block = sizeOf(blockShape);
    const parts = backend_util.getReshaped(x.shape, blockShape, block);
    const perm = backend_util.getPermuted(parts.length, blockShape.length);
    const shape = backend_util.getReshapedPermuted(x.shape, blockShape, block);
    const turned = call('Transpose', { x: call('Reshape', { x }, { shape: parts }) }, { perm });
    return call(
      'Slice',
      { x: call('Reshape', { x: turned }, { shape }) },
      {
        begin: backend_util.getSliceBeginCoords(crops, blockShape.length),
        size: backend_util.getSliceSize(shape, crops, blockShape.length),
      },
    );
  },
  DepthToSpace: (inputs, attrs: { blockSize: number; dataFormat: string }, { call }) => {
    const { blockSize: block, dataFormat } = attrs;
    const x = given(inputs.x);
    if (dataFormat !== 'NHWC')
      throw new Error(`jit: depthToSpace is compiled for dataFormat 'NHWC' only, not ${dataFormat}`);
    const [n, h, w, channels] = x.shape;
    const c = channels / (block * block);
    const parts = call('Reshape', { x }, { shape: [n, h, w, block, block, c] });
    const turned = call('Transpose', { x: parts }, { perm: [0, 1, 3, 2, 4, 5] });
    return call('Reshape', { x: turned }, { shape: [n, h * block, w * block, c] });
  },
  FlipLeftRight: ({ image }, _attrs, { call }) => call('Reverse', { x: image }, { dims: [2] }),
  Diag: (inputs, _attrs, { call, constant }) => {
    const x = given(inputs.x);
    const size = sizeOf(x.shape);
    const indices = constant(Int32Array.from(range(size)), [size], 'int32');
    const eye = call('OneHot', { indices }, { depth: size, onValue: 1, offValue: 0, dtype: x.dtype });
    const column = call('Reshape', { x }, { shape: [size, 1] });
    const diagonal = call(x.dtype === 'bool' ? 'LogicalAnd' : 'Multiply', { a: column, b: eye });
    return call('Reshape', { x: diagonal }, { shape: [...x.shape, ...x.shape] });
  },
  /** How many of the sorted numbers lie before each value. */
  SearchSorted: ({ sortedSequence, values }, { side }: { side: 'left' | 'right' }, { call }) => {
    const [batch, length] = given(sortedSequence).shape;
    const before = call(side === 'left' ? 'Less' : 'LessEqual', {
      a: call('Reshape', { x: sortedSequence }, { shape: [batch, 1, length] }),
      b: call('Reshape', { x: values }, { shape: [...given(values).shape, 1] }),
    });
    return call('Sum', { x: call('Cast', { x: before }, { dtype: 'int32' }) }, { axis: 2, keepDims: false });
  },
  /** Products over runs of 1, 2, 4, … elements, until they reach the front. */
  Cumprod: (inputs, attrs: { axis: number; exclusive: boolean; reverse: boolean }, { call }) => {
    const dtype = upcastType(given(inputs.x).dtype, 'int32');
    const { shape } = given(inputs.x);
    const [axis] = util.parseAxisParam(attrs.axis, shape);
    const turn = (x: TensorInfo) => (attrs.reverse ? call('Reverse', { x }, { dims: [axis] }) : x);
    const shifted = (x: TensorInfo, by: number) =>
      call(
        'PadV2',
        {
          x: call(
            'Slice',
            { x },
            { begin: shape.map(() => 0), size: shape.map((size, i) => (i === axis ? size - by : size)) },
          ),
        },
        { paddings: shape.map((_, i) => (i === axis ? [by, 0] : [0, 0])), constantValue: 1 },
      );
    let product = turn(call('Cast', { x: inputs.x }, { dtype }));
    if (attrs.exclusive) product = shifted(product, 1);
    for (let by = 1; by < shape[axis]; by *= 2) product = call('Multiply', { a: product, b: shifted(product, by) });
    return turn(product);
  },
  LRN: (inputs, attrs: LrnAttrs, calls) => {
    const x = given(inputs.x);
    const factor = calls.call('Pow', { a: lrnNorm(x, attrs, calls), b: number(calls, -attrs.beta) });
    return calls.call('Multiply', { a: x, b: factor });
  },
  /** dy · norm^−β − 2 α β x · Σ (dy · y / norm) over the channels around. */
  LRNGrad: (inputs, attrs: LrnAttrs, calls) => {
    const { call } = calls;
    const { x, y, dy } = inputs;
    const norm = lrnNorm(given(x), attrs, calls);
    const own = call('Multiply', { a: dy, b: call('Pow', { a: norm, b: number(calls, -attrs.beta) }) });
    const shares = call('RealDiv', { a: call('Multiply', { a: dy, b: y }), b: norm });
    const sums = call('Multiply', { a: x, b: sumOfNeighbours(shares, attrs.depthRadius, calls) });
    return call('Sub', { a: own, b: call('Multiply', { a: sums, b: number(calls, 2 * attrs.alpha * attrs.beta) }) });
  },
};
