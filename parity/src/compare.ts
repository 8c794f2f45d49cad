import type { Rule } from './manifest.ts';

/**
 * How far a result is from the golden number: `ratio` is error / tolerance (above 1 fails),
 * `detail` says which bound was worst.
 */
export interface Verdict {
  ratio: number;
  detail: string;
}

/** error / tolerance, with 0 / 0 = 0. */
const over = (error: number, tolerance: number) => (error === 0 ? 0 : error / tolerance);

/** Compares values with the reference by one of the manifest's element-wise rules. */
export function compareValues(
  actual: ArrayLike<number>,
  reference: ArrayLike<number>,
  rule: Exclude<Rule, { rule: 'pack' }>,
): Verdict {
  if (actual.length !== reference.length) {
    return { ratio: Infinity, detail: `${actual.length} values instead of ${reference.length}` };
  }
  switch (rule.rule) {
    case 'exact':
    case 'mismatch_frac': {
      let mismatches = 0;
      for (let i = 0; i < actual.length; i++) if (actual[i] !== reference[i]) mismatches++;
      const allowed = rule.rule === 'exact' ? 0 : rule.max * actual.length;
      return {
        ratio: over(mismatches, allowed),
        detail: `${mismatches} of ${actual.length} differ, ${allowed} allowed`,
      };
    }
    case 'nan': {
      let numbers = 0;
      for (let i = 0; i < actual.length; i++) if (!Number.isNaN(actual[i])) numbers++;
      return { ratio: over(numbers, 0), detail: `${numbers} of ${actual.length} are not NaN` };
    }
    case 'close':
      return compareClose(actual, reference, rule);
  }
}

function compareClose(
  actual: ArrayLike<number>,
  reference: ArrayLike<number>,
  { atol, rel_l2, outlier_frac = 0 }: Extract<Rule, { rule: 'close' }>,
): Verdict {
  const errors = new Float64Array(actual.length);
  let squares = 0;
  let referenceSquares = 0;
  for (let i = 0; i < errors.length; i++) {
    const [a, b] = [actual[i], reference[i]];
    const bothNaN = Number.isNaN(a) && Number.isNaN(b);
    errors[i] = bothNaN || a === b ? 0 : Math.abs(a - b);
    if (Number.isNaN(errors[i])) return { ratio: Infinity, detail: `[${i}] is ${a} instead of ${b}` };
    squares += errors[i] ** 2;
    if (!bothNaN) referenceSquares += b ** 2;
  }
  if (errors.length === 0) return { ratio: 0, detail: 'empty' };
  const outliers = Math.floor(outlier_frac * errors.length);
  const worst = outliers === 0 ? largest(errors) : errors.slice().sort()[errors.length - 1 - outliers];
  const relative = referenceSquares === 0 ? 0 : Math.sqrt(squares / referenceSquares);
  const [elementRatio, relativeRatio] = [over(worst, atol), over(relative, rel_l2)];
  if (elementRatio >= relativeRatio) {
    const at = errors.indexOf(worst);
    return {
      ratio: elementRatio,
      detail: `|${actual[at]} - ${reference[at]}| at ${at}: ${worst.toExponential(2)}, allowed ${atol}`,
    };
  }
  return { ratio: relativeRatio, detail: `relative L2 error ${relative.toExponential(2)}, allowed ${rel_l2}` };
}

function largest(values: Float64Array): number {
  let most = 0;
  for (const value of values) if (value > most) most = value;
  return most;
}
