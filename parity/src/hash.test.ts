import { expect, test } from '@jest/globals';
import { fileURLToPath } from 'node:url';
import { fnv1a, hashBits, hashUniform } from './hash.ts';
import { readManifest } from './manifest.ts';

interface Check {
  name: string;
  i: number;
  fnv1a: number;
  x: number;
  u: number;
}

const manifest = readManifest(fileURLToPath(new URL('../../fixtures', import.meta.url)));
const checks = (manifest.general.hash as { check_values: Check[] }).check_values;

test('the hash gives the check values of the manifest', () => {
  expect(checks.length).toBeGreaterThan(0);
  for (const check of checks) {
    const seed = fnv1a(check.name);
    expect(seed).toBe(check.fnv1a);
    expect(hashBits(seed, check.i)).toBe(check.x);
    expect(hashBits(seed, check.i) / 2 ** 32).toBe(check.u);
  }
});

test('inputs lie between their bounds and are rounded to float32 once', () => {
  const values = hashUniform('input:check:image', 1000, -2, 3);
  const u = hashBits(fnv1a('input:check:image'), 999) / 2 ** 32;
  expect(values[999]).toBe(Math.fround(-2 + 5 * u));
  expect(Math.min(...values)).toBeGreaterThanOrEqual(-2);
  expect(Math.max(...values)).toBeLessThanOrEqual(3);
});
