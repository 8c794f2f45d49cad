import type { Graph, Node, Value } from '../graph.ts';

/**
 * Computes what is asked for twice only once: kernels are functions of their inputs and attributes.
 */
export function withoutRepeats(graph: Graph): Graph {
  const replacement = new Map<number, Value>();
  const known = new Map<string, Value>();
  const resolve = (value: Value): Value => replacement.get(value.id) ?? value;

  const constants = graph.constants.filter(({ value, data }) => {
    if (data.length > 64) return true;
    const key = `${value.dtype}[${value.shape}] ${data.join()}`;
    const first = known.get(key);
    if (first) replacement.set(value.id, first);
    else known.set(key, value);
    return first === undefined;
  });

  const firsts = new Map<string, Node>();
  const nodes: Node[] = [];
  for (const node of graph.nodes) {
    const inputs = Object.fromEntries(Object.entries(node.inputs).map(([name, value]) => [name, resolve(value)]));
    const operands = Object.entries(inputs).map(([name, value]) => `${name}:${value.id}`);
    const key = `${node.kernel}(${operands.join()}) ${JSON.stringify(node.attrs ?? null)}`;
    const first = firsts.get(key);
    if (first) {
      node.outputs.forEach((output, i) => replacement.set(output.id, first.outputs[i]));
      continue;
    }
    const kept = { ...node, inputs };
    firsts.set(key, kept);
    nodes.push(kept);
  }
  return {
    ...graph,
    constants,
    nodes,
    outputs: graph.outputs.map(resolve),
    states: graph.states.map((state) => ({ ...state, next: state.next && resolve(state.next) })),
  };
}
