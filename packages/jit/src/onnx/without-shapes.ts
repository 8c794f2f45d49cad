import type { OnnxBuilder } from './builder.ts';

/**
 * Keeps ONNX Runtime from knowing shapes before it runs: inputs are declared without, and what
 * tensors are reshaped to is a constant plus 0, where the 0 is an input too.
 *
 * Where it knows them, ONNX Runtime plans to use the memory of a tensor that is done with for a
 * later one of the same shape, however much later, and holds it until then: a training step with
 * many shapes needs half as much again. Without, memory goes back when a tensor has been used for
 * the last time. Looking for shapes and for tensors that fit is also what takes longest in making a
 * session.
 *
 * Call it when the graph is complete.
 *
 * @returns the name of the input that must be fed a 0
 */
export function withoutShapes(onnx: OnnxBuilder): string {
  const before = new Set(onnx.nodes);
  const zero = onnx.forgetInputShapes();
  onnx.beginSection('shapes');
  const reshapes = onnx.nodes.filter(({ opType }) => opType === 'Reshape');
  const names = [...new Set(reshapes.map(({ input }) => input![1]))].filter((name) => onnx.intsOf(name));
  if (names.length > 0) {
    const lists = names.map((name) => onnx.intsOf(name)!);
    const all = onnx.op('Add', [onnx.ints(lists.flat()), zero]);
    const lengths = onnx.ints(lists.map(({ length }) => length));
    const parts = onnx.node('Split', [all, lengths], { axis: 0 }, names.length);
    const hidden = new Map(names.map((name, i) => [name, parts[i]]));
    for (const { input } of reshapes) input![1] = hidden.get(input![1]) ?? input![1];
  }
  onnx.moveToEnd(before);
  return zero;
}
