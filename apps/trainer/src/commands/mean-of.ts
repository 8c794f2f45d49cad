import { isGroup } from '../config/merge.ts';

/**
 * The mean of each number in values of one shape. Numbers that are null in some are averaged over
 * the others; lists are averaged element by element if all have one length; what is no number is
 * taken from the first.
 */
export function meanOf(values: readonly unknown[]): unknown {
  const known = values.filter((value) => value !== null && value !== undefined);
  const [first] = known;
  if (known.every((value) => typeof value === 'number')) {
    return known.length > 0 ? known.reduce((sum, value) => sum + value, 0) / known.length : null;
  }
  if (known.every(isGroup)) {
    const keys = [...new Set(known.flatMap((value) => Object.keys(value)))];
    return Object.fromEntries(keys.map((key) => [key, meanOf(known.map((value) => value[key]))]));
  }
  if (known.every(Array.isArray) && known.every((value) => value.length === (first as unknown[]).length)) {
    return (first as unknown[]).map((_, index) => meanOf(known.map((value) => value[index])));
  }
  return first ?? null;
}
