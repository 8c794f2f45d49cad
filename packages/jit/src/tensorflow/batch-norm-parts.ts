import type { Graph, Node, Value } from '../graph.ts';
import { producersOf } from '../passes/producers-of.ts';

/** A normalisation by the statistics of a batch, found by its parts. */
export interface BatchNormParts {
  x: Value;
  gamma: Value;
  beta: Value;
  mean: Value;
  variance: Value;
  centred: Value;
  inverseDeviation: Value;
  scale: Value;
  epsilon: number;
}

const PIXELS = '0,1,2';

const isSame = (a: Value | undefined, b: Value | undefined) => a !== undefined && a.id === b?.id;

const overPixels = (attrs: unknown) => {
  const { axis, keepDims } = attrs as { axis: number | readonly number[]; keepDims?: boolean };
  return String(axis) === PIXELS && !keepDims;
};

/**
 * Recognises batch normalisation in training where it is written as in `batchNormTraining` of
 * @segsde/ops.
 */
export function batchNormParts(graph: Graph) {
  const makers = producersOf(graph);
  const numbers = new Map(
    graph.constants.flatMap(({ value, data }) => (data.length === 1 ? [[value.id, data[0]] as const] : [])),
  );
  /** What `kernel` has made `value` of. */
  const made = (value: Value | undefined, kernel: string): Node['inputs'] | undefined => {
    const node = value && makers.get(value.id);
    return node?.kernel === kernel ? node.inputs : undefined;
  };
  /** The image whose mean or sum over all pixels `value` is. */
  const reduced = (value: Value | undefined, kernel: 'Mean' | 'Sum'): Value | undefined => {
    const node = value && makers.get(value.id);
    const isReduced = node?.kernel === kernel && node.inputs.x.shape.length === 4 && overPixels(node.attrs);
    return isReduced ? node.inputs.x : undefined;
  };

  return {
    /** (x − mean) · (gamma · inverseDeviation) + beta */
    normOf(output: Value): BatchNormParts | undefined {
      const sum = made(output, 'Add');
      const product = made(sum?.a, 'Multiply');
      const difference = made(product?.a, 'Sub');
      const factors = made(product?.b, 'Multiply');
      const spread = made(made(factors?.b, 'Rsqrt')?.x, 'Add');
      const epsilon = spread && numbers.get(spread.b.id);
      if (!sum || !product || !difference || !factors || !spread || epsilon === undefined) return undefined;
      const { a: x, b: mean } = difference;
      const { a: centred, b: scale } = product;
      const { a: gamma, b: inverseDeviation } = factors;
      const isNorm =
        x.dtype === 'float32' &&
        isSame(reduced(mean, 'Mean'), x) &&
        isSame(made(reduced(spread.a, 'Mean'), 'Square')?.x, centred) &&
        [gamma, sum.b].every(({ shape }) => String(shape) === String(mean.shape));
      if (!isNorm) return undefined;
      return { x, gamma, beta: sum.b, mean, variance: spread.a, centred, inverseDeviation, scale, epsilon };
    },

    /**
     * dy · scale + (centred · slope + offset)
     *
     * @param norms by the ids of their centred images
     */
    gradientOf<Norm extends BatchNormParts>(dx: Value, norms: ReadonlyMap<number, Norm>) {
      const sum = made(dx, 'Add');
      const [own, others] = [made(sum?.a, 'Multiply'), made(sum?.b, 'Add')];
      const product = made(others?.a, 'Multiply');
      const norm = product && norms.get(product.a.id);
      const [slope, offset] = [made(product?.b, 'Multiply'), made(others?.b, 'Multiply')];
      if (!own || !norm || !slope || !offset) return undefined;
      const [{ a: dy }, { b: dGamma }, { a: share, b: dBeta }] = [own, slope, offset];
      const [shareOfSlope, shareFactors] = [made(slope.a, 'Multiply'), made(share, 'Multiply')];
      const gammaFactors = made(dGamma, 'Multiply');
      const weighted = made(reduced(gammaFactors?.a, 'Sum'), 'Multiply');
      const pixels = dy.shape.slice(0, 3).reduce((a, b) => a * b, 1);
      const isGradient =
        isSame(own.b, norm.scale) &&
        isSame(shareOfSlope?.a, share) &&
        isSame(shareOfSlope?.b, norm.inverseDeviation) &&
        isSame(shareFactors?.a, norm.scale) &&
        numbers.get(shareFactors!.b.id) === Math.fround(-1 / pixels) &&
        isSame(gammaFactors?.b, norm.inverseDeviation) &&
        isSame(weighted?.a, dy) &&
        isSame(weighted?.b, norm.centred) &&
        isSame(reduced(dBeta, 'Sum'), dy);
      return isGradient ? { norm, dy, dGamma, dBeta } : undefined;
    },
  };
}
