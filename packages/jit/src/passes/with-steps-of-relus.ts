import type { Graph, Value } from '../graph.ts';
import { maskSource } from './mask-source.ts';

/**
 * TensorFlow.js takes the gradient of a ReLU where what went into it is above 0. That is where its
 * result is: then what went in need not be kept, and the ReLU can be made where it is computed.
 */
export function withStepsOfRelus(graph: Graph): Graph {
  const relus = new Map<number, Value>();
  const nodes = graph.nodes.map((node) => {
    if (node.kernel === 'Relu') relus.set(node.inputs.x.id, node.outputs[0]);
    const x = maskSource(node);
    const relu = x && relus.get(x.id);
    return relu ? { ...node, inputs: { x: relu } } : node;
  });
  return { ...graph, nodes };
}
