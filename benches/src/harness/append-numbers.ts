import type { Series } from './series.ts';

/** Adds one step's numbers to the lists of their names. */
export function appendNumbers(series: Series, numbers: Record<string, number>): void {
  for (const [name, value] of Object.entries(numbers)) (series[name] ??= []).push(value);
}
