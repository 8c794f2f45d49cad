import type { Sample } from '@segsde/data-loaders';

/**
 * Goes through samples `0..count-1` in order, a batch at a time. The last batch is filled up with its last sample, so that all have one
 * size and one compiled graph does; `samples` of what is yielded holds the real ones, `filled` all.
 */
export async function* inBatches(
  count: number,
  { batchSize, load }: { batchSize: number; load: (index: number) => Promise<Sample> },
): AsyncGenerator<{ start: number; samples: Sample[]; filled: Sample[] }> {
  for (let start = 0; start < count; start += batchSize) {
    const indices = Array.from({ length: Math.min(batchSize, count - start) }, (_, i) => start + i);
    const samples = await Promise.all(indices.map(load));
    const last = samples[samples.length - 1];
    const filled = Array.from({ length: batchSize }, (_, i) => samples[i] ?? last);
    yield { start, samples, filled };
  }
}
