import type { Graph, Node, Value } from '../graph.ts';
import { everyId } from '../passes/every-id.ts';
import { withoutDeadNodes } from '../passes/without-dead-nodes.ts';
import { batchNormParts, type BatchNormParts } from './batch-norm-parts.ts';

/** What takes the place of a node. */
interface Replacement {
  node: Node;
  /** Values that were made before, and what stands for each from here on. */
  instead: readonly (readonly [before: Value, now: Value])[];
}

/**
 * Writes batch normalisation in training, and its gradients, as TensorFlow's one operation for
 * each: three passes over the image in place of ten, and few kernels to launch on a graphics card.
 */
export function withBatchNorms(graph: Graph): Graph {
  const { normOf, gradientOf } = batchNormParts(graph);
  let count = Math.max(...everyId(graph)) + 1;
  const fresh = (shape: readonly number[]): Value => ({ id: count++, shape, dtype: 'float32' });
  const replacements = new Map<Node, Replacement>();

  const norms = new Map<number, BatchNormParts & { reserves: Value[] }>();
  const additions = graph.nodes.filter(({ kernel }) => kernel === 'Add');
  for (const addition of additions) {
    const [output] = addition.outputs;
    const norm = normOf(output);
    if (!norm) continue;
    const { x, gamma, beta, mean, variance, epsilon } = norm;
    const [ownMean, ownVariance, ...reserves] = [mean, variance, mean, variance].map(({ shape }) => fresh(shape));
    reserves.push(fresh([]));
    norms.set(norm.centred.id, { ...norm, reserves });
    replacements.set(addition, {
      node: {
        kernel: 'FusedBatchNormV3',
        inputs: { x, scale: gamma, offset: beta },
        attrs: { epsilon },
        outputs: [output, ownMean, ownVariance, ...reserves],
      },
      instead: [
        [mean, ownMean],
        [variance, ownVariance],
      ],
    });
  }
  for (const addition of additions) {
    const [dx] = addition.outputs;
    const gradient = gradientOf(dx, norms);
    if (!gradient) continue;
    const { norm, dy, dGamma, dBeta } = gradient;
    const [ownGamma, ownBeta] = [fresh(dGamma.shape), fresh(dBeta.shape)];
    const [reserve1, reserve2, reserve3] = norm.reserves;
    replacements.set(addition, {
      node: {
        kernel: 'FusedBatchNormGradV3',
        inputs: { dy, x: norm.x, scale: norm.gamma, reserve1, reserve2, reserve3 },
        attrs: { epsilon: norm.epsilon },
        outputs: [dx, ownGamma, ownBeta],
      },
      instead: [
        [dGamma, ownGamma],
        [dBeta, ownBeta],
      ],
    });
  }
  return withoutDeadNodes(withReplacements(graph, replacements));
}

/** What came before an operation that is replaced goes on reading what it read. */
function withReplacements(graph: Graph, replacements: ReadonlyMap<Node, Replacement>): Graph {
  const instead = new Map<number, Value>();
  const resolve = (value: Value) => instead.get(value.id) ?? value;
  const nodes = graph.nodes.map((node): Node => {
    const replacement = replacements.get(node);
    if (!replacement) {
      const inputs = Object.entries(node.inputs).map(([name, value]) => [name, resolve(value)]);
      return { ...node, inputs: Object.fromEntries(inputs) as Node['inputs'] };
    }
    for (const [before, now] of replacement.instead) instead.set(before.id, now);
    return replacement.node;
  });
  return {
    ...graph,
    nodes,
    outputs: graph.outputs.map(resolve),
    states: graph.states.map((state) => ({ ...state, next: state.next && resolve(state.next) })),
  };
}
