import type { BenchResult } from './bench-result.ts';
import type { Measured } from './compare-with-peers.ts';

/** Our time of a step beside that of the fastest peer, if there is one. */
export function timeResult(
  [ours, ...peers]: readonly Measured[],
  { bench, engine }: Pick<BenchResult, 'bench' | 'engine'>,
): BenchResult {
  const [best] = [...peers].sort((a, b) => a.seconds - b.seconds);
  const ms = ({ seconds }: Measured) => Number((seconds * 1000).toFixed(1));
  const mb = ({ peakMb }: Measured) => peakMb && Math.round(peakMb);
  return {
    ...{ bench, engine, ours: ms(ours), peer: best ? ms(best) : null, unit: 'ms' },
    ratio: best ? Number((ours.seconds / best.seconds).toFixed(3)) : null,
    peer_name: best?.name ?? null,
    ...{ ours_rss_mb: mb(ours), peer_rss_mb: best ? mb(best) : null },
  };
}
