import type { StoredTensor } from '@segsde/models';

/** Little more than rounding, and enough for another course of training. */
const NUDGE = 1e-5;

/**
 * The same tensors but for element `at` of those in `names`, which is larger by a
 * hundred-thousandth.
 */
export function nudged(tensors: ReadonlyMap<string, StoredTensor>, names: readonly string[], at: number) {
  const changed = new Map(tensors);
  for (const name of names) {
    const { shape, data } = tensors.get(name)!;
    const values = Float32Array.from(data as Float32Array);
    values[at] *= 1 + NUDGE;
    changed.set(name, { dtype: 'F32', shape, data: values });
  }
  return changed;
}
