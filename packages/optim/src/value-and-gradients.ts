import { addN, clone, div, keep, mul, variableGrads } from '@tensorflow/tfjs-core';
import type { NamedTensorMap, Scalar, Tensor, Variable } from '@tensorflow/tfjs-core';

/**
 * The terms of a loss, their sum, and the sum's gradients.
 *
 * @param variables those that gradients are wanted for; of them the trainable ones get some
 * @param lossTerms gives each term, a scalar, under its name
 * @param opts `scale`: what is differentiated is so many times the loss, and the gradients are
 *   divided by it again, so that small ones are not lost on their way through numbers of 16 bits,
 *   see {@link lossScaling}
 * @returns `losses` has the terms and their `total`; `grads` is by variable name, without the
 *   variables that no term depends on
 * @throws if there is no term, or none of them depends on any of the variables
 */
export function valueAndGradients<L extends Record<string, Scalar>>(
  variables: Variable[],
  lossTerms: () => L,
  { scale }: { scale?: Scalar } = {},
): { losses: L & { total: Scalar }; grads: NamedTensorMap } {
  // TensorFlow.js disposes of everything but the total when it leaves the function that it
  // differentiates.
  const kept: [name: string, term: Scalar][] = [];
  const { value, grads } = variableGrads(
    () => {
      const terms = Object.entries(lossTerms());
      if (terms.length === 0) throw new Error('valueAndGradients: there is no loss term to minimise');
      for (const [name, term] of terms) kept.push([name, keep(clone(term))]);
      const sum: Scalar = addN(terms.map(([, term]) => term));
      return scale ? mul(sum, scale) : sum;
    },
    variables.filter(({ trainable }) => trainable),
  );
  const losses = Object.fromEntries(kept.map(([name, term]) => [name, clone(term)]));
  const total: Scalar = scale ? addN(kept.map(([, term]) => term)) : value;
  const unscaled = ([name, gradient]: [string, Tensor]) => [name, scale ? div(gradient, scale) : gradient];
  for (const [, term] of kept) term.dispose();
  return { losses: { ...(losses as L), total }, grads: Object.fromEntries(Object.entries(grads).map(unscaled)) };
}
