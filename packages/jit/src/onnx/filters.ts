import type { Value } from '../graph.ts';
import type { Lowering } from './lowering.ts';
import type { SeenTaps } from './seen-taps.ts';

/** A filter's taps from the last to the first. */
export const flippedTaps = (taps: number) => Array.from({ length: taps }, (_, i) => taps - 1 - i);

/**
 * OIHW to OIHWio with blocks of input and output channels; with fewer input channels than a block,
 * OIHWo.
 */
export function blockedFilter(filter: Value, block: number, to: Lowering): string {
  return to.cached(filter, 'blocked', () => {
    const { onnx } = to;
    const [kh, kw, c, o] = filter.shape;
    // With output channels for channels, and everything else for pixels, it is an image: several
    // times as fast as a transpose of single numbers.
    const image = onnx.op('Reshape', [to.get(filter, 'filter'), onnx.ints([1, o, 1, c * kh * kw])]);
    const outBlocked = onnx.op('com.microsoft.nchwc:ReorderInput', [image], { channels_last: 0 });
    const dims = onnx.ints([o, c, kh, kw]);
    if (c < block || kh * kw === 1) return onnx.op('Reshape', [outBlocked, dims]);
    const parts = onnx.op('Reshape', [outBlocked, onnx.ints([o / block, c / block, block, kh * kw, block])]);
    return onnx.op('Reshape', [onnx.op('Transpose', [parts], { perm: [0, 1, 3, 2, 4] }), dims]);
  });
}

/**
 * The filter of the convolution that takes gradients back: flipped, its channels changed over,
 * blocked.
 */
export function blockedReverseFilter(filter: Value, block: number, to: Lowering): string {
  return to.cached(filter, 'blocked reverse', () => {
    const { onnx } = to;
    const [kh, kw, c, o] = filter.shape;
    const dims = onnx.ints([c, o, kh, kw]);
    if (kh * kw === 1) {
      const rows = onnx.op('Reshape', [to.get(filter, 'filter'), onnx.ints([o, c / block, block])]);
      return onnx.op('Reshape', [onnx.op('Transpose', [rows], { perm: [1, 0, 2] }), dims]);
    }
    const images = onnx.op('Reshape', [to.get(filter, 'filter'), onnx.ints([o, c, 1, kh * kw])]);
    const inBlocked = onnx.op('com.microsoft.nchwc:ReorderInput', [images], { channels_last: 0 });
    const parts = onnx.op('Reshape', [inBlocked, onnx.ints([o / block, block, c / block, kh * kw, block])]);
    const turned = onnx.op('Transpose', [parts], { perm: [2, 0, 3, 1, 4] });
    const flipped = onnx.op('Gather', [turned, onnx.ints(flippedTaps(kh * kw))], { axis: 2 });
    return onnx.op('Reshape', [flipped, dims]);
  });
}

/** The same, not blocked. */
export function reverseFilter(filter: Value, to: Lowering): string {
  return to.cached(filter, 'reverse', () => {
    const { onnx } = to;
    const [kh, kw, c, o] = filter.shape;
    const parts = onnx.op('Reshape', [to.get(filter, 'filter'), onnx.ints([o, c, kh * kw])]);
    const turned = onnx.op('Transpose', [parts], { perm: [1, 0, 2] });
    const flipped = kh * kw === 1 ? turned : onnx.op('Gather', [turned, onnx.ints(flippedTaps(kh * kw))], { axis: 2 });
    return onnx.op('Reshape', [flipped, onnx.ints([c, o, kh, kw])]);
  });
}

/** The filter whose output channels are multiplied by `factors`. */
export function scaleFilter(filter: Value, factors: string, to: Lowering): Value {
  const { onnx } = to;
  const scaled = to.extraValue(filter, filter.shape);
  const perOutput = onnx.op('Reshape', [factors, onnx.ints([filter.shape[3], 1, 1, 1])]);
  to.set(scaled, onnx.op('Mul', [to.get(filter, 'filter'), perOutput]), 'filter');
  return scaled;
}

/** The taps of a filter that see anything, as a filter of their own. */
export function cutFilter(filter: Value, { rows, columns, info }: SeenTaps, to: Lowering): Value {
  const { onnx } = to;
  const [, , c, o] = filter.shape;
  const cut = to.extraValue(filter, [info.filterHeight, info.filterWidth, c, o]);
  const [from, until] = [0, 1].map((end) => onnx.ints([rows[end], columns[end]]));
  to.set(cut, onnx.op('Slice', [to.get(filter, 'filter'), from, until, onnx.ints([2, 3])]), 'filter');
  return cut;
}
