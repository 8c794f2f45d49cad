import { add } from '@tensorflow/tfjs-core';
import type { NamedTensorMap } from '@tensorflow/tfjs-core';

/**
 * The gradients of a sum of two losses; a variable that only one of them depends on has that one's.
 *
 * @param first by variable name, each of the variable's shape
 * @param second by variable name, each of the variable's shape
 * @returns by variable name
 */
export function addGradients(first: NamedTensorMap, second: NamedTensorMap): NamedTensorMap {
  const sums = Object.entries(first).map(([name, gradient]) => [
    name,
    name in second ? add(gradient, second[name]) : gradient,
  ]);
  return { ...second, ...(Object.fromEntries(sums) as NamedTensorMap) };
}
