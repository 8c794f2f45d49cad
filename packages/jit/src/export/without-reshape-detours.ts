import type { Graph, Value } from '../graph.ts';
import { withoutDeadNodes } from '../passes/without-dead-nodes.ts';
import { withoutIdentities } from '../passes/without-identities.ts';

/**
 * Reshapes straight from what was computed, and not at all where that has the shape already:
 * `tf.layers` reshapes there and back between layers.
 */
export function withoutReshapeDetours(graph: Graph): Graph {
  const computed = new Map<number, Value>();
  const nodes = graph.nodes.map((node) => {
    if (node.kernel !== 'Reshape') return node;
    const x = computed.get(node.inputs.x.id) ?? node.inputs.x;
    computed.set(node.outputs[0].id, x);
    return { ...node, inputs: { x } };
  });
  return withoutDeadNodes(withoutIdentities({ ...graph, nodes }));
}
