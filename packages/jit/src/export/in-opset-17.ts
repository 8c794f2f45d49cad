import onnxProto from 'onnx-proto';
import { int64Values } from './int64-values.ts';
import type { Model, ModelNode } from './model.ts';

const { onnx } = onnxProto;

/** Operators whose axes became an input with opset 18. */
const AXES_AS_ATTRIBUTE = new Set([
  'ReduceL1',
  'ReduceL2',
  'ReduceLogSum',
  'ReduceLogSumExp',
  'ReduceMax',
  'ReduceMean',
  'ReduceMin',
  'ReduceProd',
  'ReduceSumSquare',
]);

/**
 * Writes a model of opset 18 in the words of opset 17, which more runtimes know.
 *
 * @throws if axes are computed
 */
export function inOpset17(model: Model): Model {
  const older = (node: ModelNode): ModelNode => {
    const [x, axes] = node.inputs;
    if (!AXES_AS_ATTRIBUTE.has(node.opType) || axes === undefined) return node;
    const constant = model.initializers.get(axes);
    if (!constant)
      throw new Error(`exportOnnx: the axes of ${node.opType} (kernel ${node.kernel}) must be constants in opset 17`);
    return {
      ...node,
      inputs: [x],
      attributes: [
        ...node.attributes,
        { name: 'axes', type: onnx.AttributeProto.AttributeType.INTS, ints: int64Values(constant) },
      ],
    };
  };
  return { ...model, nodes: model.nodes.map(older) };
}
