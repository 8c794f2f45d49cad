import type { OnnxBuilder } from './builder.ts';
import { VIEWS } from './views.ts';

/** Operators that make nothing but float32 of float32. */
const ARITHMETIC = new Set([
  ...['Add', 'Concat', 'Div', 'Exp', 'Gather', 'Gemm', 'MatMul', 'Mul', 'Neg', 'Pad', 'Reciprocal', 'ReorderInput'],
  ...['Slice', 'Sqrt', 'Sub', 'Transpose'],
]);

/**
 * What comes out the same in every run until somebody assigns a variable: filters in the layout
 * that convolutions want, batch normalisation's factors. Views of variables are not among it,
 * because they cost nothing.
 *
 * @param variables names of the inputs whose variables the graph does not assign
 * @param kept names that the graph itself must go on computing
 * @returns names of float32 results that depend on such variables and on constants alone, those
 *   nearest to what varies
 */
export function fixedResults(onnx: OnnxBuilder, variables: readonly string[], kept: readonly string[]): string[] {
  const own = new Set(kept);
  /**
   * Whether a variable is behind the value, and whether it is more than a view of something given.
   */
  const fixed = new Map(
    variables.filter((name) => onnx.isFloat(name)).map((name) => [name, { varies: true, isMade: false }]),
  );
  const found = new Set<string>();
  for (const { opType, input, output } of onnx.nodes) {
    const operands = input!.filter((name) => name !== '' && !onnx.isConstant(name));
    const isView = VIEWS.has(opType!);
    const known = operands.map((name) => fixed.get(name));
    const first = input![0];
    const isFloat = fixed.has(first) || onnx.isFloat(first);
    if (
      isFloat &&
      (isView || ARITHMETIC.has(opType!)) &&
      known.every(Boolean) &&
      !output!.some((name) => own.has(name))
    ) {
      const varies = known.some((operand) => operand!.varies);
      const isMade = isView ? known.some((operand) => operand!.isMade) : true;
      for (const name of output!) fixed.set(name, { varies, isMade });
    } else {
      for (const name of operands) {
        const operand = fixed.get(name);
        if (operand?.varies && operand.isMade) found.add(name);
      }
    }
  }
  return [...found];
}
