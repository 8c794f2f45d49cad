import type { Graph, Node } from '../graph.ts';
import { producersOf } from './producers-of.ts';
import { usesOf } from './uses-of.ts';

/**
 * Writes `x · scale + shift`, an image with a number for each channel, as one operation, which
 * graphics cards have in their normalisation.
 */
export function withScaleShifts(graph: Graph): Graph {
  const makers = producersOf(graph);
  const uses = usesOf(graph);
  const replaced = new Set<Node>();
  const nodes = graph.nodes.map((node): Node => {
    const product = node.kernel === 'Add' ? makers.get(node.inputs.a.id) : undefined;
    if (product?.kernel !== 'Multiply' || uses.get(node.inputs.a.id) !== 1) return node;
    const { a: x, b: scale } = product.inputs;
    const { b: shift } = node.inputs;
    const [output] = node.outputs;
    const channels = String(output.shape.slice(3));
    const fits =
      output.dtype === 'float32' &&
      output.shape.length === 4 &&
      String(x.shape) === String(output.shape) &&
      [scale, shift].every(({ shape }) => String(shape) === channels);
    if (!fits) return node;
    replaced.add(product);
    return { kernel: 'ScaleShift', inputs: { x, scale, shift }, attrs: undefined, outputs: node.outputs };
  });
  return { ...graph, nodes: nodes.filter((node) => !replaced.has(node)) };
}
