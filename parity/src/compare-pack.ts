import type { Verdict } from './compare.ts';
import type { Rule } from './manifest.ts';

/** What storage 'pack' keeps of a list of tensors: one row per tensor, eight samples a row. */
export interface PackReference {
  norms: ArrayLike<number>;
  samples: ArrayLike<number>;
  present: ArrayLike<number>;
  err_l2: ArrayLike<number>;
  err_max: ArrayLike<number>;
}

/**
 * Compares a list of tensors, in PyTorch's layout and the table's order, with a pack.
 *
 * @param actual `null` where there is no tensor (a parameter that the loss does not reach)
 * @param names what to call the rows in the detail
 */
export function comparePack(
  actual: (ArrayLike<number> | null)[],
  reference: PackReference,
  { F, rtol }: Extract<Rule, { rule: 'pack' }>,
  names: readonly string[],
): Verdict {
  const rows = reference.norms.length;
  if (actual.length !== rows) return { ratio: Infinity, detail: `${actual.length} tensors instead of ${rows}` };
  let floor = 0;
  for (let p = 0; p < rows; p++) if (reference.present[p]) floor = Math.max(floor, 1e-6 * reference.norms[p]);

  let worst: Verdict = { ratio: 0, detail: 'all equal' };
  const judge = (what: string, value: number, expected: number, allowed: number) => {
    const error = Math.abs(value - expected);
    const ratio = Number.isNaN(error) ? Infinity : error === 0 ? 0 : error / allowed;
    if (ratio > worst.ratio)
      worst = { ratio, detail: `${what} is ${value} instead of ${expected}, allowed ${allowed.toExponential(2)}` };
  };
  for (let p = 0; p < rows; p++) {
    const values = actual[p];
    if (!reference.present[p] || values === null) {
      const missing = values === null ? 'is missing' : 'should not exist';
      if (Boolean(reference.present[p]) !== (values !== null))
        return { ratio: Infinity, detail: `${names[p]} ${missing}` };
      continue;
    }
    const count = values.length;
    const norm = reference.norms[p];
    let squares = 0;
    for (let i = 0; i < count; i++) squares += values[i] ** 2;
    judge(`norm of ${names[p]}`, Math.sqrt(squares), norm, F * reference.err_l2[p] + rtol * norm + floor);
    for (let k = 0; k < 8; k++) {
      const at = count < 8 ? k % count : Math.floor((k * (count - 1)) / 7);
      const expected = reference.samples[8 * p + k];
      const size = Math.max(Math.abs(expected), norm / Math.sqrt(count));
      judge(`${names[p]}[${at}]`, values[at], expected, F * reference.err_max[p] + rtol * size + floor);
    }
  }
  return worst;
}
