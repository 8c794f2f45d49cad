import type { Lowering } from './lowering.ts';

/**
 * Pieces of these lengths along `axis`. On a card, kernels that write many tensors exceed what it
 * lets one kernel see: each piece is cut by itself there.
 */
export function split(name: string, lengths: readonly number[], axis: number, to: Lowering): string[] {
  const { onnx } = to;
  if (!to.onCard) return onnx.node('Split', [name, onnx.ints(lengths)], { axis }, lengths.length);
  let from = 0;
  return lengths.map((length) => {
    const until = from + length;
    const piece = onnx.op('Slice', [name, onnx.ints([from]), onnx.ints([until]), onnx.ints([axis])]);
    from = until;
    return piece;
  });
}
