import { util } from '@tensorflow/tfjs-core';
import type { Graph, Value } from '../graph.ts';
import { withoutDeadNodes } from '../passes/without-dead-nodes.ts';

/** Reshapes straight from what was computed, and not at all where that has the shape already: `tf.layers` reshapes there and back between layers. */
export function withoutReshapeDetours(graph: Graph): Graph {
  const computed = new Map<number, Value>();
  const same = new Map<number, Value>();
  const resolve = (value: Value): Value => same.get(value.id) ?? value;
  const nodes = graph.nodes.flatMap((node) => {
    const inputs = Object.fromEntries(Object.entries(node.inputs).map(([name, value]) => [name, resolve(value)]));
    if (node.kernel !== 'Reshape') return [{ ...node, inputs }];
    const [y] = node.outputs;
    const x = computed.get(inputs.x.id) ?? inputs.x;
    computed.set(y.id, x);
    if (!util.arraysEqual([...x.shape], [...y.shape])) return [{ ...node, inputs: { x } }];
    same.set(y.id, x);
    return [];
  });
  return withoutDeadNodes({ ...graph, nodes, outputs: graph.outputs.map(resolve) });
}
