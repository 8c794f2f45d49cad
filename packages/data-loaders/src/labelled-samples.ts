import type { Dataset } from './dataset.ts';

/** Positions of the samples that have a label file, in order; no file is opened. */
export const labelledSamples = (dataset: Pick<Dataset, 'ids' | 'hasLabel'>): number[] =>
  [...dataset.ids.keys()].filter((position) => dataset.hasLabel?.(position) ?? true);
