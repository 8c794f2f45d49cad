/** The last line that a bench prints. */
export interface BenchResult {
  bench: string;
  engine: string;
  ours: number;
  /** null, like everything about the peer, where there is none. */
  peer: number | null;
  unit: 'ms' | 's' | 'MB';
  /** ours / peer: lower is better. */
  ratio: number | null;
  peer_name: string | null;
  /** Peak resident memory of the process that did the work and nothing else. */
  ours_rss_mb: number | null;
  peer_rss_mb: number | null;
}
