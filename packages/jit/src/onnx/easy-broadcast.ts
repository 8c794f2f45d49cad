import type { OnnxBuilder } from './builder.ts';
import { mergedAxes } from './merged-axes.ts';

/** Runs of fewer elements cost more to look up than to compute. */
const SHORT = 16;
/** Long enough for that to be forgotten. */
const LONG = 512;

const largestDivisor = (n: number, limit: number) => {
  for (let divisor = Math.min(n, limit); divisor > 1; divisor--) if (n % divisor === 0) return divisor;
  return 1;
};

/**
 * How many rows to take together where rows of a few elements meet the same row again and again; 1
 * where they do not.
 */
function rowsTogether(shapes: readonly (readonly number[])[]): number {
  const [rows, row] = [-2, -1].map((axis) => Math.max(...shapes.map((shape) => shape.at(axis) ?? 1)));
  const fits = shapes.every((shape) => shape.at(-1) === row || (shape.at(-1) === 1 && shape.at(-2) === 1));
  const repeats = shapes.some((shape) => shape.at(-1) === row && shape.at(-2) === 1);
  return fits && repeats && row < SHORT ? largestDivisor(rows, Math.floor(LONG / row)) : 1;
}

/**
 * ONNX Runtime broadcasts in runs along the innermost axes on which no operand is stretched, and
 * takes even a last axis of size 1 for such a run: with runs of one or a few elements it is twenty
 * times as slow as it could be.
 *
 * @param names of operands that are broadcast against each other
 * @param shapes of equal rank
 * @returns the operands in shapes that make longer runs, for a result that is to be reshaped
 *   afterwards; undefined where they are good as they are
 */
export function easyBroadcast(
  names: readonly string[],
  shapes: readonly (readonly number[])[],
  onnx: OnnxBuilder,
): string[] | undefined {
  const merged = mergedAxes(shapes);
  const together = rowsTogether(merged);
  if (together === 1)
    return shapes.every((shape) => shape.at(-1) === 1)
      ? names.map((name, i) => onnx.op('Reshape', [name, onnx.ints(merged[i])]))
      : undefined;
  return names.map((name, i) => {
    const [outer, rows, row] = [merged[i].slice(0, -2), merged[i].at(-2)!, merged[i].at(-1)!];
    const operand = onnx.op('Reshape', [name, onnx.ints(merged[i])]);
    if (row === 1) return operand;
    const repeated = rows === 1 ? onnx.op('Expand', [operand, onnx.ints([...outer, together, row])]) : operand;
    return onnx.op('Reshape', [repeated, onnx.ints([...outer, rows === 1 ? 1 : rows / together, together * row])]);
  });
}
