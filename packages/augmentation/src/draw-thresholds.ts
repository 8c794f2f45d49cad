import type { UniformGenerator } from './uniform-generator.ts';

/**
 * One threshold per image for {@link depthMask} or `depthMixMask`.
 *
 * @param range `[lower, upper)` of the disparity; the reference's `depth` masks use the default 0.1
 *   to 0.4
 */
export function drawThresholds(
  uniform: UniformGenerator,
  { batch, range: [lower, upper] = [0.1, 0.4] }: { batch: number; range?: readonly [number, number] },
): Float32Array {
  return Float32Array.from({ length: batch }, () => uniform() * (upper - lower) + lower);
}
