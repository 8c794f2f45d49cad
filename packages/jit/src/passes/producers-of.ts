import type { Graph, Node } from '../graph.ts';

/** The node that makes each value, by the value's id. */
export const producersOf = ({ nodes }: Graph): Map<number, Node> =>
  new Map(nodes.flatMap((node) => node.outputs.map(({ id }) => [id, node] as const)));
