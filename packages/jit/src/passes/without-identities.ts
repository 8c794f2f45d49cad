import { util } from '@tensorflow/tfjs-core';
import type { Graph, Node, Value } from '../graph.ts';

/** TensorFlow.js's gradients of broadcasting operations reshape to the shape that is there. */
const changesNothing = ({ kernel, inputs: { x }, outputs: [y] }: Node): boolean =>
  kernel === 'Identity' ||
  (['Cast', 'Reshape'].includes(kernel) && x.dtype === y.dtype && util.arraysEqual([...x.shape], [...y.shape]));

/** Drops the kernels whose result is their input. */
export function withoutIdentities(graph: Graph): Graph {
  const same = new Map<Value, Value>();
  const resolve = (value: Value): Value => same.get(value) ?? value;
  const nodes: Node[] = [];
  for (const node of graph.nodes) {
    const inputs = Object.fromEntries(Object.entries(node.inputs).map(([name, value]) => [name, resolve(value)]));
    if (changesNothing(node)) same.set(node.outputs[0], inputs.x);
    else nodes.push({ ...node, inputs });
  }
  return {
    ...graph,
    nodes,
    outputs: graph.outputs.map(resolve),
    states: graph.states.map((state) => ({ ...state, next: state.next && resolve(state.next) })),
  };
}
