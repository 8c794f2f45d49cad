import type { Graph, Node, Value } from '../graph.ts';
import { everyId } from '../passes/every-id.ts';
import { producersOf } from '../passes/producers-of.ts';
import { withoutDeadNodes } from '../passes/without-dead-nodes.ts';

/** A normalisation by the statistics of a batch, found by its parts. */
interface Norm {
  x: Value;
  gamma: Value;
  beta: Value;
  mean: Value;
  variance: Value;
  centred: Value;
  inverseDeviation: Value;
  scale: Value;
  output: Value;
  epsilon: number;
}

const PIXELS = '0,1,2';

const overPixels = (attrs: unknown) => {
  const { axis, keepDims } = attrs as { axis: number | readonly number[]; keepDims?: boolean };
  return String(axis) === PIXELS && !keepDims;
};

/** What takes the place of a node. */
interface Replacement {
  node: Node;
  /** Values that were made before, and what stands for each from here on. */
  instead: ReadonlyMap<Value, Value>;
}

const isSame = (a: Value | undefined, b: Value | undefined) => a !== undefined && a.id === b?.id;

/**
 * Writes batch normalisation in training, and its gradients, as TensorFlow's one operation for each where they are computed as `batchNormTraining` of @segsde/ops
 * does it: three passes over the image in place of ten.
 */
export function withBatchNorms(graph: Graph): Graph {
  const makers = producersOf(graph);
  const numbers = new Map(
    graph.constants.flatMap(({ value, data }) => (data.length === 1 ? [[value.id, data[0]] as const] : [])),
  );
  const made = (value: Value | undefined, kernel: string): Node['inputs'] | undefined => {
    const node = value && makers.get(value.id);
    return node?.kernel === kernel ? node.inputs : undefined;
  };
  const reduced = (value: Value | undefined, kernel: 'Mean' | 'Sum'): Value | undefined => {
    const node = value && makers.get(value.id);
    return node?.kernel === kernel && node.inputs.x.shape.length === 4 && overPixels(node.attrs)
      ? node.inputs.x
      : undefined;
  };

  /** gamma · inverseDeviation · (x − mean) + beta */
  const asNorm = (output: Value): Norm | undefined => {
    const sum = made(output, 'Add');
    const product = made(sum?.a, 'Multiply');
    const difference = made(product?.a, 'Sub');
    const factors = made(product?.b, 'Multiply');
    const spread = made(made(factors?.b, 'Rsqrt')?.x, 'Add');
    const epsilon = spread && numbers.get(spread.b.id);
    if (!sum || !product || !difference || !factors || !spread || epsilon === undefined) return undefined;
    const { a: x, b: mean } = difference;
    const isNorm =
      x.dtype === 'float32' &&
      isSame(reduced(mean, 'Mean'), x) &&
      isSame(made(reduced(spread.a, 'Mean'), 'Square')?.x, product.a) &&
      [factors.a, sum.b].every(({ shape }) => String(shape) === String(mean.shape));
    if (!isNorm) return undefined;
    const { a: centred, b: scale } = product;
    const { a: gamma, b: inverseDeviation } = factors;
    return { x, gamma, beta: sum.b, mean, variance: spread.a, centred, inverseDeviation, scale, output, epsilon };
  };

  let count = Math.max(...everyId(graph)) + 1;
  const fresh = (shape: readonly number[]): Value => ({ id: count++, shape, dtype: 'float32' });

  const replacements = new Map<Node, Replacement>();
  /** By the ids of their centred images: what the gradients of a normalisation are made of. */
  const norms = new Map<number, Norm & { reserves: Value[] }>();
  for (const node of graph.nodes) {
    const norm = node.kernel === 'Add' ? asNorm(node.outputs[0]) : undefined;
    if (!norm) continue;
    const { x, gamma, beta, mean, variance, output, centred, epsilon } = norm;
    const [channels] = mean.shape;
    const [ownMean, ownVariance] = [fresh([channels]), fresh([channels])];
    const reserves = [fresh([channels]), fresh([channels]), fresh([])];
    norms.set(centred.id, { ...norm, reserves });
    replacements.set(node, {
      node: {
        kernel: 'FusedBatchNormV3',
        inputs: { x, scale: gamma, offset: beta },
        attrs: { epsilon },
        outputs: [output, ownMean, ownVariance, ...reserves],
      },
      instead: new Map([
        [mean, ownMean],
        [variance, ownVariance],
      ]),
    });
  }

  /** dy · scale + (centred · slope + offset) */
  const asGradient = (dx: Value) => {
    const sum = made(dx, 'Add');
    const [own, others] = [made(sum?.a, 'Multiply'), made(sum?.b, 'Add')];
    const product = made(others?.a, 'Multiply');
    const norm = product && norms.get(product.a.id);
    if (!own || !others || !product || !norm || !isSame(own.b, norm.scale)) return undefined;
    const { a: dy } = own;
    const slope = made(product.b, 'Multiply');
    const [shareOfSlope, dGamma] = [made(slope?.a, 'Multiply'), slope?.b];
    const offset = made(others.b, 'Multiply');
    const share = offset?.a;
    const shareFactors = made(share, 'Multiply');
    const gammaFactors = made(dGamma, 'Multiply');
    const weighted = made(reduced(gammaFactors?.a, 'Sum'), 'Multiply');
    const pixels = dy.shape.slice(0, 3).reduce((a, b) => a * b, 1);
    const isGradient =
      isSame(shareOfSlope?.a, share) &&
      isSame(shareOfSlope?.b, norm.inverseDeviation) &&
      isSame(shareFactors?.a, norm.scale) &&
      numbers.get(shareFactors!.b.id) === Math.fround(-1 / pixels) &&
      isSame(gammaFactors?.b, norm.inverseDeviation) &&
      isSame(weighted?.a, dy) &&
      isSame(weighted?.b, norm.centred) &&
      isSame(reduced(offset?.b, 'Sum'), dy);
    return isGradient ? { norm, dy, dGamma: dGamma!, dBeta: offset!.b } : undefined;
  };

  for (const node of graph.nodes) {
    const gradient = node.kernel === 'Add' ? asGradient(node.outputs[0]) : undefined;
    if (!gradient) continue;
    const { norm, dy, dGamma, dBeta } = gradient;
    const [ownGamma, ownBeta] = [fresh(dGamma.shape), fresh(dBeta.shape)];
    const [reserve1, reserve2, reserve3] = norm.reserves;
    replacements.set(node, {
      node: {
        kernel: 'FusedBatchNormGradV3',
        inputs: { dy, x: norm.x, scale: norm.gamma, reserve1, reserve2, reserve3 },
        attrs: { epsilon: norm.epsilon },
        outputs: [node.outputs[0], ownGamma, ownBeta],
      },
      instead: new Map([
        [dGamma, ownGamma],
        [dBeta, ownBeta],
      ]),
    });
  }
  if (replacements.size === 0) return graph;

  // What came before an operation that is replaced goes on reading what it read.
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
  return withoutDeadNodes({
    ...graph,
    nodes,
    outputs: graph.outputs.map(resolve),
    states: graph.states.map((state) => ({ ...state, next: state.next && resolve(state.next) })),
  });
}
