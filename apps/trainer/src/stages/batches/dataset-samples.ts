import type { Dataset, LoadOptions } from '@segsde/data-loaders';
import { cachedSamples } from './cached-samples.ts';
import type { FlipAndCrop } from './flip-and-crop.ts';
import { joinSamples, type SampleBatch } from './join-samples.ts';
import { sampleStream } from './sample-stream.ts';

/** Which samples of a dataset come in each iteration of a training, and what of them; plain data. */
export interface SampleChoice extends FlipAndCrop {
  /** Positions in the dataset. */
  indices: readonly number[];
  batchSize: number;
  seed: number;
  load: LoadOptions;
  /** Positions of those that come with their label as well. */
  labelled: readonly number[];
}

/** The samples of each iteration, see {@link sampleStream}. */
export function datasetSamples(
  dataset: Dataset,
  { indices, load, labelled, ...options }: SampleChoice,
): (iteration: number) => Promise<SampleBatch> {
  const isLabelled = new Set(labelled);
  const plain = cachedSamples(dataset, load);
  const withLabel = cachedSamples(dataset, { ...load, label: true });
  const stream = sampleStream(indices, {
    ...options,
    load: (index) => (isLabelled.has(index) ? withLabel(index) : plain(index)),
  });
  return async (iteration) => joinSamples(await stream(iteration), { labels: labelled.length > 0 });
}
