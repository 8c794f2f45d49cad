import type { Graph } from '../graph.ts';

/** Drops what no output and no assignment depends on. */
export function withoutDeadNodes(graph: Graph): Graph {
  const needed = new Set<number>();
  for (const output of graph.outputs) needed.add(output.id);
  for (const { next } of graph.states) if (next) needed.add(next.id);
  const nodes = [...graph.nodes].reverse().filter((node) => {
    const alive = node.outputs.some((output) => needed.has(output.id));
    if (alive) for (const input of Object.values(node.inputs)) needed.add(input.id);
    return alive;
  });
  return {
    ...graph,
    nodes: nodes.reverse(),
    constants: graph.constants.filter(({ value }) => needed.has(value.id)),
    states: graph.states.filter(({ value, next }) => next !== undefined || needed.has(value.id)),
  };
}
