import type { Series } from './series.ts';

export interface Comparison {
  /** By name: the greatest relative difference. */
  largest: Record<string, number>;
  /** A sentence for each number that differs by more than the tolerance. */
  differences: string[];
}

/**
 * Compares numbers step by step, relative to the peer's.
 *
 * @param ours must have at least the peer's names; a missing number differs
 */
export function compareSeries(ours: Series, peer: Series, tolerance: number): Comparison {
  const comparison: Comparison = { largest: {}, differences: [] };
  for (const [name, expected] of Object.entries(peer)) {
    const errors = expected.map((value, i) => Math.abs((ours[name]?.[i] ?? NaN) - value) / Math.abs(value));
    comparison.largest[name] = Math.max(...errors);
    errors.forEach((error, i) => {
      // Not `error > tolerance`, because NaN differs.
      if (error <= tolerance) return;
      comparison.differences.push(`${name} of step ${i + 1} is ${ours[name]?.[i]}, the peer's is ${expected[i]}`);
    });
  }
  return comparison;
}
