import { arrayOfType } from '../array-of-type.ts';
import type { Graph, Node } from '../graph.ts';

const isEmpty = ({ outputs }: Node) => outputs.every(({ shape }) => shape.includes(0));

/**
 * Tensors without elements are constants: there is nothing to compute, and the operators of the
 * targets do not all see it that way.
 */
export function withEmptyConstants(graph: Graph): Graph {
  const empty = graph.nodes
    .filter(isEmpty)
    .flatMap(({ outputs }) => outputs)
    .map((value) => ({ value, data: arrayOfType(new Float32Array(0), value.dtype) }));
  if (empty.length === 0) return graph;
  return {
    ...graph,
    constants: [...graph.constants, ...empty],
    nodes: graph.nodes.filter((node) => !isEmpty(node)),
  };
}
