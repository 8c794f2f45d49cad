import { backend_util } from '@tensorflow/tfjs-core';
import type { Value } from '../graph.ts';
import type { Lowering } from '../onnx/lowering.ts';
import { notOnCard } from '../onnx/not-on-card.ts';
import { spreadTaps } from '../onnx/spread-taps.ts';
import type { Kernel, KernelCall } from './kernel.ts';

type Padding = Parameters<typeof backend_util.computePool2DInfo>[4];
type Sizes = number | number[];

interface PoolAttrs {
  filterSize: Sizes;
  strides: Sizes;
  pad: Padding;
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/** A pool along the two or three axes of space. */
interface Window {
  kernel: number[];
  strides: number[];
  /** Padding in front of each axis, and behind it. */
  before: number[];
  after: number[];
  inside: number[];
  outside: number[];
  outShape: number[];
}

const product = (sizes: readonly number[]) => sizes.reduce((a, b) => a * b, 1);

/** More padding at the end than was asked for, where the number of windows has been rounded up. */
function withWholeWindows(window: Window): Window {
  const { kernel, strides, before, inside, outside } = window;
  const needed = outside.map((count, i) => (count - 1) * strides[i] + kernel[i] - inside[i] - before[i]);
  return { ...window, after: window.after.map((amount, i) => Math.max(amount, needed[i])) };
}

function windowOf(shape: readonly number[], attrs: PoolAttrs): Window {
  const size = attrs.filterSize as number;
  const strides = attrs.strides as number;
  if (shape.length === 5) {
    const info = backend_util.computePool3DInfo(
      [...shape] as [number, number, number, number, number],
      size,
      strides,
      1,
      attrs.pad as number,
      attrs.dimRoundingMode,
    );
    const { front, back, top, bottom, left, right } = info.padInfo;
    return withWholeWindows({
      kernel: [info.filterDepth, info.filterHeight, info.filterWidth],
      strides: [info.strideDepth, info.strideHeight, info.strideWidth],
      before: [front, top, left],
      after: [back, bottom, right],
      inside: [info.inDepth, info.inHeight, info.inWidth],
      outside: [info.outDepth, info.outHeight, info.outWidth],
      outShape: info.outShape,
    });
  }
  if (shape.length !== 4) throw new Error(`pool: x must have 4 or 5 axes, not shape [${shape}]`);
  const image = [...shape] as [number, number, number, number];
  const info = backend_util.computePool2DInfo(image, size, strides, 1, attrs.pad, attrs.dimRoundingMode);
  const { top, bottom, left, right } = info.padInfo;
  return withWholeWindows({
    kernel: [info.filterHeight, info.filterWidth],
    strides: [info.strideHeight, info.strideWidth],
    before: [top, left],
    after: [bottom, right],
    inside: [info.inHeight, info.inWidth],
    outside: [info.outHeight, info.outWidth],
    outShape: info.outShape,
  });
}

const options = ({ kernel, strides, before, after }: Window) => ({
  kernel_shape: kernel,
  strides,
  pads: [...before, ...after],
});

/** Images have a layout with channels first; volumes are turned and turned back. */
const channelsFirst = (x: Value, to: Lowering) =>
  x.shape.length === 4
    ? to.get(x, 'channelsFirst')
    : to.cached(x, 'channels first', () => to.onnx.op('Transpose', [to.get(x)], { perm: [0, 4, 1, 2, 3] }));

const setChannelsFirst = (y: Value, name: string, to: Lowering) =>
  y.shape.length === 4
    ? to.set(y, name, 'channelsFirst')
    : to.set(y, to.onnx.op('Transpose', [name], { perm: [0, 2, 3, 4, 1] }));

/** ONNX Runtime's pools refuse padding as wide as the window. */
const isTooWide = ({ kernel, before, after }: Window) =>
  kernel.some((size, i) => Math.max(before[i], after[i]) >= size);

/** The image for a pool of maxima, padded beforehand where it must be. */
function prepared(x: Value, window: Window, to: Lowering): { image: string; window: Window } {
  const image = channelsFirst(x, to);
  if (!isTooWide(window)) return { image, window };
  const { before, after } = window;
  const none = before.map(() => 0);
  const amounts = to.onnx.ints([0, 0, ...before, 0, 0, ...after]);
  return {
    image: to.onnx.op('Pad', [image, amounts, to.onnx.scalar(-Infinity)]),
    window: {
      ...window,
      before: none,
      after: none,
      inside: window.inside.map((size, i) => size + before[i] + after[i]),
    },
  };
}

const positionsKey = 'positions of the maxima';

/** The maxima, and where each lies: its first place in the flat image with channels first. */
function maxima(x: Value, window: Window, to: Lowering, { withoutNaN = false } = {}): string[] {
  const { onnx } = to;
  const ready = prepared(x, window, to);
  const image = withoutNaN
    ? onnx.op('Where', [onnx.op('IsNaN', [ready.image]), onnx.scalar(-Infinity), ready.image])
    : ready.image;
  return onnx.node('MaxPool', [image], options(ready.window), 2);
}

const maxPool: Kernel<PoolAttrs> = {
  infer: ({ x }, attrs) => [{ shape: windowOf(x.shape, attrs).outShape, dtype: x.dtype }],
  lower: ({ inputs: { x }, attrs, outputs: [y] }, to) => {
    const [name, positions] = maxima(x, windowOf(x.shape, attrs), to);
    setChannelsFirst(y, name, to);
    to.cached(y, positionsKey, () => positions);
  },
};

const axisOf = (window: Window, axis: number) => ({
  strides: window.strides[axis],
  offsets: Array.from({ length: window.kernel[axis] }, (_, tap) => tap),
  before: window.before[axis],
  inside: window.inside[axis],
  outside: window.outside[axis],
});

/** {@link spreadTaps} for a pool of images. */
function spreadWindow(
  shares: readonly string[][],
  [n, , , c]: readonly number[],
  window: Window,
  to: Lowering,
): string {
  const planes = { planes: n * c, rows: axisOf(window, 0), columns: axisOf(window, 1) };
  return to.onnx.op('Reshape', [spreadTaps(shares, planes, to), to.onnx.ints([n, c, ...window.inside])]);
}

/**
 * The gradient of maxima without their positions, tap by tap: the first tap that sees the maximum
 * takes all of its gradient.
 */
function maxPoolGradByTaps({ dy, input, output }: Record<string, Value>, window: Window, to: Lowering): string {
  const { onnx } = to;
  const { kernel, strides, before, after, outside } = window;
  const amounts = onnx.ints([0, 0, ...before, 0, 0, ...after]);
  const image = onnx.op('Pad', [channelsFirst(input, to), amounts, onnx.scalar(-Infinity)]);
  const [maximum, gradient] = [channelsFirst(output, to), channelsFirst(dy, to)];
  let free: string | undefined;
  const shares = Array.from({ length: kernel[0] }, (_, row) =>
    Array.from({ length: kernel[1] }, (_, column) => {
      const from = [row, column];
      const until = from.map((start, i) => start + (outside[i] - 1) * strides[i] + 1);
      const slice = [onnx.ints(from), onnx.ints(until), onnx.ints([2, 3]), onnx.ints(strides)];
      const isMaximum = onnx.op('Cast', [onnx.op('Equal', [onnx.op('Slice', [image, ...slice]), maximum])], { to: 1 });
      const takes = free === undefined ? isMaximum : onnx.op('Mul', [isMaximum, free]);
      free = onnx.op('Sub', [free ?? onnx.scalar(1), takes]);
      return onnx.op('Mul', [gradient, takes]);
    }),
  );
  return spreadWindow(shares, input.shape, window, to);
}

/** Each window's gradient goes to its first maximum, as in TensorFlow.js and PyTorch. */
const maxPoolGrad: Kernel<PoolAttrs> = {
  infer: ({ input }) => [input],
  lower: ({ inputs: { dy, input, output }, attrs, outputs: [dx] }, to) => {
    const { onnx } = to;
    const flat = onnx.ints([-1]);
    const window = windowOf(input.shape, attrs);
    if (to.onCard) {
      if (input.shape.length !== 4) throw notOnCard('MaxPool3DGrad');
      return setChannelsFirst(dx, maxPoolGradByTaps({ dy, input, output }, window, to), to);
    }
    const positions = to.cached(output, positionsKey, () => maxima(input, window, to)[1]);
    const { inside } = prepared(input, window, to).window;
    const [n, c] = [input.shape[0], input.shape.at(-1)!];
    const zeros = onnx.op('Expand', [onnx.scalar(0), onnx.ints([n * c * product(inside)])]);
    const updates = onnx.op('Reshape', [channelsFirst(dy, to), flat]);
    const scattered = onnx.op('ScatterElements', [zeros, onnx.op('Reshape', [positions, flat]), updates], {
      axis: 0,
      reduction: 'add',
    });
    const image = onnx.op('Reshape', [scattered, onnx.ints([n, c, ...inside])]);
    if (product(inside) === product(window.inside)) return setChannelsFirst(dx, image, to);
    const ends = window.before.map((amount, i) => amount + window.inside[i]);
    const axes = onnx.ints(inside.map((_, i) => i + 2));
    setChannelsFirst(dx, onnx.op('Slice', [image, onnx.ints(window.before), onnx.ints(ends), axes]), to);
  },
};

/** How many pixels of the image each window sees, `[1, 1, ...outside]`. */
function countsOf({ kernel, strides, before, inside, outside }: Window): { data: Float32Array; dims: number[] } {
  const along = outside.map((count, axis) =>
    Array.from({ length: count }, (_, i) => {
      const start = i * strides[axis] - before[axis];
      return Math.max(0, Math.min(start + kernel[axis], inside[axis]) - Math.max(start, 0));
    }),
  );
  const data = along.reduce((all, counts) => all.flatMap((a) => counts.map((b) => a * b)), [1]);
  return { data: Float32Array.from(data), dims: [1, 1, ...outside] };
}

const avgPool: Kernel<PoolAttrs> = {
  infer: ({ x }, attrs) => [{ shape: windowOf(x.shape, attrs).outShape, dtype: 'float32' }],
  lower: ({ inputs: { x }, attrs, outputs: [y] }, to) => {
    const { onnx } = to;
    const window = windowOf(x.shape, attrs);
    const image = channelsFirst(x, to);
    const floats = x.dtype === 'float32' ? image : onnx.op('Cast', [image], { to: 1 });
    if (!isTooWide(window)) return setChannelsFirst(y, onnx.op('AveragePool', [floats], options(window)), to);
    const c = x.shape.at(-1)!;
    const ones = onnx.floats(new Float32Array(c * product(window.kernel)).fill(1), [c, 1, ...window.kernel]);
    const { data, dims } = countsOf(window);
    // A window without any pixel: TensorFlow.js has 0 for volumes, NaN for images.
    const counts = x.shape.length === 5 ? data.map((count) => Math.max(count, 1)) : data;
    const sum = onnx.op('Conv', [floats, ones], { ...options(window), group: c });
    setChannelsFirst(y, onnx.op('Div', [sum, onnx.floats(counts, dims)]), to);
  },
};

/**
 * Unlike TensorFlow.js's own kernel it knows that windows at a padded border are means of fewer
 * pixels.
 */
const avgPoolGrad: Kernel<PoolAttrs> = {
  infer: ({ input }) => [input],
  lower: ({ inputs: { dy, input }, attrs, outputs: [dx] }: KernelCall<PoolAttrs>, to: Lowering) => {
    const { onnx } = to;
    const window = windowOf(input.shape, attrs);
    const { kernel, strides, before, after, inside, outside } = window;
    const hasPadding = [...before, ...after].some((amount) => amount > 0);
    const image = channelsFirst(dy, to);
    if (strides.every((stride) => stride === 1) && !hasPadding) {
      const border = kernel.map((size) => size - 1);
      const around = { kernel_shape: kernel, strides, pads: [...border, ...border], count_include_pad: 1 };
      return setChannelsFirst(dx, onnx.op('AveragePool', [image], around), to);
    }
    const c = input.shape.at(-1)!;
    const { data, dims } = countsOf(window);
    // A window without any pixel has no mean and no gradient to pass on.
    const shares = data.map((count) => 1 / Math.max(count, 1));
    const scaled = hasPadding ? onnx.op('Mul', [image, onnx.floats(shares, dims)]) : image;
    if (to.onCard) {
      if (input.shape.length !== 4) throw notOnCard('AvgPool3DGrad');
      const share = hasPadding ? scaled : onnx.op('Mul', [scaled, onnx.scalar(1 / product(kernel))]);
      const everyTap = Array.from({ length: kernel[0] }, () => new Array<string>(kernel[1]).fill(share));
      return setChannelsFirst(dx, spreadWindow(everyTap, input.shape, window, to), to);
    }
    const weight = hasPadding ? 1 : 1 / product(kernel);
    const spread = onnx.floats(new Float32Array(c * product(kernel)).fill(weight), [c, 1, ...kernel]);
    const output_padding = inside.map(
      (size, i) => size + before[i] + after[i] - ((outside[i] - 1) * strides[i] + kernel[i]),
    );
    const name = onnx.op('ConvTranspose', [scaled, spread], { ...options(window), group: c, output_padding });
    setChannelsFirst(dx, name, to);
  },
};

/** Pools of images and of volumes. */
export const poolingKernels = {
  MaxPool: maxPool,
  MaxPoolGrad: maxPoolGrad,
  MaxPool3D: maxPool,
  MaxPool3DGrad: maxPoolGrad,
  AvgPool: avgPool,
  AvgPoolGrad: avgPoolGrad,
  AvgPool3D: avgPool,
  AvgPool3DGrad: avgPoolGrad,
  MaxPoolWithArgmax: {
    infer: ({ x }, attrs) => {
      const { outShape: shape } = windowOf(x.shape, attrs);
      return [
        { shape, dtype: x.dtype },
        { shape, dtype: 'int32' },
      ];
    },
    lower: ({ inputs: { x }, attrs, outputs: [y, argmax] }, to) => {
      if (to.onCard) throw notOnCard('MaxPoolWithArgmax');
      const { onnx } = to;
      const [name, positions] = maxima(x, windowOf(x.shape, attrs), to, { withoutNaN: true });
      setChannelsFirst(y, name, to);
      // From ((n · c + channel) · h · w + pixel) to ((n · h · w + pixel) · c + channel), with or
      // without n.
      const [n, h, w, c] = x.shape;
      const big = (value: number) => onnx.op('Reshape', [onnx.ints([value]), onnx.ints([])]);
      const pixel = onnx.op('Mod', [positions, big(h * w)]);
      const image = onnx.op('Div', [positions, big(h * w)]);
      const within = onnx.op('Add', [onnx.op('Mul', [pixel, big(c)]), onnx.op('Mod', [image, big(c)])]);
      const batch = onnx.op('Mul', [onnx.op('Div', [image, big(c)]), big(h * w * c)]);
      const place = attrs.includeBatchInIndex && n > 1 ? onnx.op('Add', [within, batch]) : within;
      setChannelsFirst(argmax, onnx.op('Cast', [place], { to: 6 }), to);
    },
  } satisfies Kernel<PoolAttrs & { includeBatchInIndex: boolean }>,
};
