import type { Lowering } from './lowering.ts';

/** One axis of a window that moves over an image. */
interface Axis {
  strides: number;
  /** Where each of its taps looks, from the window's beginning. */
  offsets: readonly number[];
  before: number;
  inside: number;
  outside: number;
}

/**
 * Along one axis: each piece at its tap's place, added up, cut to the image.
 *
 * @param pieces by tap, `[front, windows, behind]`
 */
function alongAxis(
  pieces: readonly string[],
  { front, behind }: { front: number; behind: number },
  axis: Axis,
  to: Lowering,
): string {
  const { onnx } = to;
  const { strides, offsets, before, inside, outside } = axis;
  const more = Math.max(
    ...offsets.map((offset) => Math.floor(offset / strides)),
    Math.ceil((before + inside) / strides) - outside,
    0,
  );
  const length = (outside + more) * strides;
  const placed = pieces.map((piece, tap) => {
    const [block, place] = [Math.floor(offsets[tap] / strides), offsets[tap] % strides];
    const apart = onnx.op('Reshape', [piece, onnx.ints([front, outside, 1, behind])]);
    const amounts = onnx.ints([0, block, place, 0, 0, more - block, strides - 1 - place, 0]);
    return onnx.op('Reshape', [onnx.op('Pad', [apart, amounts, onnx.scalar(0)]), onnx.ints([front, length, behind])]);
  });
  const sum = placed.reduce((a, b) => onnx.op('Add', [a, b]));
  return onnx.op('Slice', [sum, onnx.ints([before]), onnx.ints([before + inside]), onnx.ints([1])]);
}

/**
 * The gradient of what windows take from an image: each tap's share of `[batch · channels, rows,
 * columns]` windows, put where the tap looks and added up. A transposed convolution for every
 * channel by itself, for devices that have none.
 *
 * @param shares by row and column of the window
 * @returns `[planes, rows, columns]` of the image
 */
export function spreadTaps(
  shares: readonly (readonly string[])[],
  { planes, rows, columns }: { planes: number; rows: Axis; columns: Axis },
  to: Lowering,
): string {
  const wide = shares.map((row) => alongAxis(row, { front: planes * rows.outside, behind: 1 }, columns, to));
  return alongAxis(wide, { front: planes, behind: columns.inside }, rows, to);
}
