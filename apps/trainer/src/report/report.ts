import type { Engine } from '@segsde/jit';

export interface VariantScores {
  mIoU: number;
  accuracy: number;
  /** By class name; null where the class occurs neither in the truth nor in the prediction. */
  classes: Record<string, number | null>;
}

/** What `report.json` says. */
export interface Report {
  name: string;
  seed: number;
  results: Record<string, VariantScores & { labels: number }>;
  /**
   * Null when no depth was learnt; `absRel` and `meanMapAbsRel` are there where the true depth is
   * known.
   */
  depth: { absRel?: number; meanMapAbsRel?: number; photometricRatio: number } | null;
  /** What ran each step. */
  engines: Record<string, Engine>;
  /** Work on each stage, interrupted attempts included. */
  seconds: Record<string, number>;
  peakRssMb: number;
}
