import type { Summary } from './summarize-turns.ts';

/** One contestant's line for people. */
export function describeSummary(
  name: string,
  { medianSeconds, fastestSeconds, busyCores, restSeconds, idleCores }: Summary,
  peakMb: number | null,
): string {
  const ms = (seconds: number) => (seconds * 1000).toFixed(1);
  return [
    `${name}: ${ms(medianSeconds)} ms a step (fastest ${ms(fastestSeconds)})`,
    `${busyCores.toFixed(2)} cores busy`,
    `${peakMb ?? 'unknown'} MB`,
    `${ms(restSeconds)} ms of processor time in the rest after a turn, ${idleCores.toFixed(3)} cores while others worked`,
  ].join(', ');
}
