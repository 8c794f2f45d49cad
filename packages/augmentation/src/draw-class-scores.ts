import type { UniformGenerator } from './uniform-generator.ts';

/** Scores for {@link chooseClasses}: `[batch, classes]` uniform draws. */
export function drawClassScores(
  uniform: UniformGenerator,
  { batch, classes }: { batch: number; classes: number },
): Float32Array {
  return Float32Array.from({ length: batch * classes }, uniform);
}
