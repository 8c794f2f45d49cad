import type { OnnxBuilder } from './builder.ts';

/**
 * Keeps ONNX Runtime from knowing shapes before it runs: inputs are declared without, and what tensors are reshaped to is a constant plus 0, where the 0 is an
 * input too.
 *
 * Where it knows them, ONNX Runtime plans to use the memory of a tensor that is done with for a later one of the same shape, however much later, and holds it
 * until then: a training step with many shapes needs half as much again. Without, memory goes back when a tensor has been used for the last time. Looking for
 * shapes and for tensors that fit is also what takes longest in making a session.
 *
 * Call it when the graph is complete.
 *
 * @returns the name of the input that must be fed a 0
 */
export function withoutShapes(onnx: OnnxBuilder): string {
  const before = new Set(onnx.nodes);
  const zero = onnx.forgetInputShapes();
  onnx.beginSection('shapes');
  for (const node of before) {
    if (node.opType === 'Reshape') node.input![1] = onnx.op('Add', [node.input![1], zero]);
  }
  onnx.moveToEnd(before);
  return zero;
}
