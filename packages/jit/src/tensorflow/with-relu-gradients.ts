import type { Graph, Node, Value } from '../graph.ts';
import { maskSource } from '../passes/mask-source.ts';
import { producersOf } from '../passes/producers-of.ts';
import { withoutDeadNodes } from '../passes/without-dead-nodes.ts';

/**
 * Writes products of a tensor with a mask of positive numbers, as TensorFlow.js's gradient of relu
 * is made, as TensorFlow's one operation for it.
 */
export function withReluGradients(graph: Graph): Graph {
  const makers = producersOf(graph);
  const maker = (value: Value): Node | undefined => {
    const node = makers.get(value.id);
    const passes = node?.kernel === 'Cast' && node.inputs.x.dtype === value.dtype;
    return passes ? maker(node.inputs.x) : node;
  };
  const nodes = graph.nodes.map((node): Node => {
    if (node.kernel !== 'Multiply' || node.outputs[0].dtype !== 'float32') return node;
    for (const [mask, dy] of [
      [node.inputs.a, node.inputs.b],
      [node.inputs.b, node.inputs.a],
    ]) {
      const x = maskSource(maker(mask));
      if (x?.dtype === 'float32' && String(x.shape) === String(dy.shape))
        return { kernel: 'ReluGrad', inputs: { dy, x }, attrs: undefined, outputs: node.outputs };
    }
    return node;
  });
  return withoutDeadNodes({ ...graph, nodes });
}
