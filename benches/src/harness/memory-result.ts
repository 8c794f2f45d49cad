import type { BenchResult } from './bench-result.ts';
import type { Measured } from './compare-with-peers.ts';

/**
 * Our peak memory beside that of the peer that needs least, if there is one.
 *
 * @throws where the system does not tell a peer's memory
 */
export function memoryResult(
  [ours, ...peers]: readonly Measured[],
  { bench, engine }: Pick<BenchResult, 'bench' | 'engine'>,
): BenchResult {
  const memory = ({ name, peakMb }: Measured) => {
    if (peakMb === null)
      throw new Error(`${name} cannot tell its peak memory on this system; run the bench on Linux or macOS`);
    return Math.round(peakMb);
  };
  const [best] = [...peers].sort((a, b) => memory(a) - memory(b));
  const [own, peer] = [memory(ours), best ? memory(best) : null];
  return {
    ...{ bench, engine, ours: own, peer, unit: 'MB' },
    ratio: peer === null ? null : Number((own / peer).toFixed(3)),
    peer_name: best?.name ?? null,
    ...{ ours_rss_mb: own, peer_rss_mb: peer },
  };
}
