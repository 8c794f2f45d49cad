import type { UniformGenerator } from './uniform-generator.ts';

/** The items in random order (Fisher and Yates). */
export function shuffled<T>(uniform: UniformGenerator, items: readonly T[]): T[] {
  const result = [...items];
  for (let i = result.length - 1; i > 0; i--) {
    const j = Math.floor(uniform() * (i + 1));
    [result[i], result[j]] = [result[j], result[i]];
  }
  return result;
}
