import type { Dataset, LoadOptions, Sample } from '@segsde/data-loaders';
import { totalmem } from 'node:os';

/** Decoded samples are kept up to an eighth of the memory; what comes after is decoded anew each time. */
const KEEP_BYTES = Math.min(process.constrainedMemory() || Infinity, totalmem()) / 8;

const bytesOf = ({ image, label, neighbours = [], disparity, depth }: Sample) =>
  [image, label, disparity, depth, ...neighbours].reduce((sum, map) => sum + (map?.data.byteLength ?? 0), 0);

/** Loads samples of a dataset by position and remembers them decoded. */
export function cachedSamples(dataset: Dataset, options: LoadOptions): (index: number) => Promise<Sample> {
  const kept = new Map<number, Promise<Sample>>();
  let bytes = 0;
  return async (index) => {
    const known = kept.get(index);
    if (known) return known;
    const loading = dataset.load(index, options);
    if (bytes < KEEP_BYTES) kept.set(index, loading);
    const sample = await loading;
    bytes += bytesOf(sample);
    return sample;
  };
}
