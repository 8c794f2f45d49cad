import type { Value } from '../graph.ts';
import type { BlockedConv } from './blocked-conv.ts';
import { blockedConv, openConv, setBlockedConv } from './blocked-conv.ts';
import type { Lowering } from './lowering.ts';

/*
 * Arithmetic on images in ONNX Runtime's internal layout, above all that of batch normalisation. What meets each channel with a number of its own is written as
 * a depthwise 1 x 1 convolution, which reads and writes the image once for a product, a sum, another image's sum and a ReLU together. Each function returns
 * whether it has set `y`.
 */

const isBlocked = (value: Value, to: Lowering): boolean => value.dtype === 'float32' && to.has(value, 'blocked');

const POINTWISE = { kernel_shape: [1, 1], strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0] };

const eitherWay = (a: Value, b: Value) => [
  [a, b],
  [b, a],
];

const sameShape = (a: Value, b: Value): boolean => a.shape.join() === b.shape.join();

/**
 * `[channels]`: one number for each channel of `image`; undefined if that is not what `value` is.
 */
function perChannel(value: Value, image: Value, to: Lowering): string | undefined {
  const channels = image.shape[3];
  const fits =
    value.dtype === 'float32' &&
    value.shape.length <= 4 &&
    value.shape.at(-1) === channels &&
    value.shape.reduce((a, b) => a * b, 1) === channels;
  if (!fits) return undefined;
  if (value.shape.length === 1) return to.get(value);
  return to.cached(value, 'flat', () => to.onnx.op('Reshape', [to.get(value), to.onnx.ints([channels])]));
}

/** The image, each channel times a number, by a convolution of its own. */
function scaledAfterwards(image: Value, factors: string, to: Lowering): BlockedConv {
  const channels = image.shape[3];
  const filter = to.onnx.op('Reshape', [factors, to.onnx.ints([channels, 1, 1, 1])]);
  const attributes = { ...POINTWISE, group: channels };
  return {
    write: blockedConv(to.get(image, 'blocked'), filter, attributes, to),
    finish: {},
    scaled: (more) => scaledAfterwards(image, to.onnx.op('Mul', [factors, more]), to).write,
    section: to.onnx.section(),
  };
}

const unscaled = (image: Value, to: Lowering): BlockedConv =>
  scaledAfterwards(image, to.onnx.floats(new Float32Array(image.shape[3]).fill(1), [image.shape[3]]), to);

/** The image, each channel times a number; where it comes of a fixed filter, by another filter. */
function scaled(image: Value, factors: string, to: Lowering): BlockedConv {
  const conv = openConv(image, to);
  if (!conv?.scaled || conv.finish.sum !== undefined) return scaledAfterwards(image, factors, to);
  const { bias } = conv.finish;
  return {
    ...conv,
    write: conv.scaled(factors),
    finish: { bias: bias && to.onnx.op('Mul', [bias, factors]) },
    scaled: undefined,
  };
}

/** `a * b` */
export function multiplyBlocked(a: Value, b: Value, y: Value, to: Lowering): boolean {
  for (const [image, other] of eitherWay(a, b)) {
    if (!isBlocked(image, to) || !sameShape(image, y)) continue;
    const factors = perChannel(other, image, to);
    if (factors === undefined) continue;
    const conv = to.isFixed(other) ? scaled(image, factors, to) : scaledAfterwards(image, factors, to);
    setBlockedConv(y, conv, to);
    return true;
  }
  if (!isBlocked(a, to) || !isBlocked(b, to) || !sameShape(a, b)) return false;
  to.set(y, to.onnx.op('Mul', [to.get(a, 'blocked'), to.get(b, 'blocked')]), 'blocked');
  to.products.set(y.id, [a, b]);
  return true;
}

/** The image, each channel plus a number. */
function shifted(image: Value, summands: string, to: Lowering): BlockedConv {
  const conv = openConv(image, to);
  if (!conv) return { ...unscaled(image, to), finish: { bias: summands } };
  const { bias } = conv.finish;
  const both = bias === undefined ? summands : to.onnx.op('Add', [bias, summands]);
  return { ...conv, finish: { ...conv.finish, bias: both } };
}

/** `a + b` */
export function addBlocked(a: Value, b: Value, y: Value, to: Lowering): boolean {
  for (const [image, other] of eitherWay(a, b)) {
    if (!isBlocked(image, to) || !sameShape(image, y)) continue;
    const summands = perChannel(other, image, to);
    if (summands !== undefined) {
      setBlockedConv(y, shifted(image, summands, to), to);
      return true;
    }
    const conv = openConv(image, to);
    if (!conv || conv.takesNoSum || conv.finish.sum !== undefined) continue;
    if (image === other || !isBlocked(other, to) || !sameShape(other, y)) continue;
    setBlockedConv(y, { ...conv, finish: { ...conv.finish, sum: to.get(other, 'blocked') } }, to);
    return true;
  }
  return false;
}

/** `a - b` */
export function subtractBlocked(a: Value, b: Value, y: Value, to: Lowering): boolean {
  if (!isBlocked(a, to) || !sameShape(a, y)) return false;
  const subtrahends = perChannel(b, a, to);
  if (subtrahends === undefined) return false;
  setBlockedConv(y, shifted(a, to.onnx.op('Neg', [subtrahends]), to), to);
  return true;
}

/** `max(x, 0)` */
export function reluBlocked(x: Value, y: Value, to: Lowering): boolean {
  const conv = openConv(x, to);
  if (!conv) return false;
  setBlockedConv(y, { ...conv, finish: { ...conv.finish, relu: true } }, to);
  return true;
}

/** `[batch, channels]`: sums over the pixels of each channel of each image, or their means. */
function overPixels(x: Value, mean: boolean, to: Lowering): string {
  const { onnx } = to;
  const [n, h, w, c] = x.shape;
  const factors = to.isUsedOnce(x) ? to.products.get(x.id) : undefined;
  const times = (name: string, factor: number) => (factor === 1 ? name : onnx.op('Mul', [name, onnx.scalar(factor)]));
  if (factors) {
    // A product of two images summed up is a depthwise convolution of the one with the other: the
    // product itself is never stored.
    const [image, kernel] = factors.map((factor) => to.get(factor, 'blocked'));
    const sums = onnx.op(
      'com.microsoft.nchwc:Conv',
      [
        onnx.op('Reshape', [image, onnx.ints([1, n * c, h, w])]),
        onnx.op('Reshape', [kernel, onnx.ints([n * c, 1, h, w])]),
      ],
      { kernel_shape: [h, w], strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0], group: n * c },
    );
    return times(onnx.op('Reshape', [sums, onnx.ints([n, c])]), mean ? 1 / (h * w) : 1);
  }
  const means = onnx.op('com.microsoft.nchwc:GlobalAveragePool', [to.get(x, 'blocked')]);
  return times(onnx.op('Reshape', [means, onnx.ints([n, c])]), mean ? 1 : h * w);
}

/** Sums or means over rows and columns, and over the batch too if `axes` has it. */
export function reduceBlocked(x: Value, axes: readonly number[], mean: boolean, y: Value, to: Lowering): boolean {
  const { onnx } = to;
  const withBatch = axes.join() === '0,1,2';
  if (!isBlocked(x, to) || !(withBatch || axes.join() === '1,2')) return false;
  const images = overPixels(x, mean, to);
  const name =
    withBatch && x.shape[0] > 1
      ? onnx.op(mean ? 'ReduceMean' : 'ReduceSum', [images, onnx.ints([0])], { keepdims: 0 })
      : images;
  to.set(y, onnx.op('Reshape', [name, onnx.ints([...y.shape])]));
  return true;
}
