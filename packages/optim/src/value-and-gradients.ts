import { addN, clone, keep, variableGrads } from '@tensorflow/tfjs-core';
import type { NamedTensorMap, Scalar, Variable } from '@tensorflow/tfjs-core';

/**
 * The terms of a loss, their sum, and the sum's gradients.
 *
 * @param variables those that gradients are wanted for
 * @param lossTerms gives each term under its name
 * @returns `losses` has the terms and their `total`; `grads` is by variable name, without the variables that no term depends on
 * @throws if there is no term, or none of them depends on any of the variables
 */
export function valueAndGradients<L extends Record<string, Scalar>>(
  variables: Variable[],
  lossTerms: () => L,
): { losses: L & { total: Scalar }; grads: NamedTensorMap } {
  // TensorFlow.js disposes of everything but the total when it leaves the function that it differentiates.
  const kept: [name: string, term: Scalar][] = [];
  const { value: total, grads } = variableGrads(
    () => {
      const terms = Object.entries(lossTerms());
      if (terms.length === 0) throw new Error('valueAndGradients: there is no loss term to minimise');
      for (const [name, term] of terms) kept.push([name, keep(clone(term))]);
      return addN(terms.map(([, term]) => term));
    },
    variables.filter(({ trainable }) => trainable),
  );
  const losses = Object.fromEntries(kept.map(([name, term]) => [name, clone(term)]));
  for (const [, term] of kept) term.dispose();
  return { losses: { ...(losses as L), total }, grads };
}
