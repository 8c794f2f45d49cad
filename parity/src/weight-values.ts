import { fnv1a, hashBits } from './hash.ts';

/**
 * Values of a parameter or buffer in PyTorch's layout, as `general.hash.weights` of the manifest
 * defines them.
 *
 * @param key state-dict key
 * @param prefix goes before the key when hashing
 * @param scale multiplies before the rounding to float32
 */
export function weightValues(key: string, shape: readonly number[], { prefix = '', scale = 1 } = {}): Float32Array {
  const seed = fnv1a(prefix + key);
  const value = formula(key, shape);
  const values = new Float32Array(shape.reduce((product, size) => product * size, 1));
  for (let i = 0; i < values.length; i++) values[i] = value(hashBits(seed, i) / 2 ** 32) * scale;
  return values;
}

function formula(key: string, shape: readonly number[]): (u: number) => number {
  if (key.endsWith('running_var')) return (u) => 1 + 0.5 * u;
  if (key.endsWith('running_mean') || key.endsWith('bias')) return (u) => 0.1 * (2 * u - 1);
  if (!key.endsWith('weight')) throw new Error(`The manifest has no formula for ${key}.`);
  if (shape.length === 1) return (u) => 1 + 0.1 * (2 * u - 1);
  const bound = Math.sqrt(3 / (shape[1] * shape[2] * shape[3]));
  return (u) => (2 * u - 1) * bound;
}
