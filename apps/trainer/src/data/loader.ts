import type { Dataset, LoadOptions, Sample } from '@segsde/data-loaders';
import { type Engine, engines } from '@segsde/jit';
import { totalmem } from 'node:os';
import { collate, type SampleBatch } from './collate.ts';
import { type DatasetRef, openDataset } from './dataset.ts';
import type { FlipAndCrop } from './flip-and-crop.ts';
import { sampler } from './sampler.ts';
import { workerLoader } from './worker.ts';

/**
 * Which samples of a dataset come in each iteration of a training, and what of them; plain data.
 */
export interface SampleChoice extends FlipAndCrop {
  /** Positions in the dataset. */
  indices: readonly number[];
  batchSize: number;
  seed: number;
  load: LoadOptions;
  /** Positions of those that come with their label as well. */
  labelled: readonly number[];
}

/** The samples of a training, iteration by iteration. */
export interface Loader {
  /** The samples of an iteration; those of the next are being made meanwhile. @throws DataError */
  at(iteration: number): Promise<SampleBatch>;
  /** To be called when no more are wanted. */
  close(): Promise<void>;
}

/** Colour, class and disparity. */
const VALUES_OF_PIXEL = 5;
/** More than one: not all batches take equally long. */
const AHEAD = 4;
/**
 * Decoded samples are kept up to this; what comes after is decoded anew each time. A training has
 * two loaders at most.
 */
const KEEP_BYTES = Math.min(process.constrainedMemory() || Infinity, totalmem()) / 16;

const bytesOf = ({ image, label, neighbours = [], disparity, depth }: Sample) =>
  [image, label, disparity, depth, ...neighbours].reduce((sum, map) => sum + (map?.data.byteLength ?? 0), 0);

/** Loads samples by position and remembers them decoded. */
export function cached(load: (index: number) => Promise<Sample>, keepBytes = KEEP_BYTES) {
  const kept = new Map<number, Promise<Sample>>();
  let bytes = 0;
  return async (index: number): Promise<Sample> => {
    const known = kept.get(index);
    if (known) return known;
    const loading = load(index);
    if (bytes < keepBytes) kept.set(index, loading);
    const sample = await loading;
    bytes += bytesOf(sample);
    return sample;
  };
}

/** The samples of each iteration: sampled, decoded, mirrored, cropped and collated. */
export function batchesOf(
  dataset: Dataset,
  { indices, load, labelled, ...options }: SampleChoice,
): (iteration: number) => Promise<SampleBatch> {
  const isLabelled = new Set(labelled);
  const samplesAt = sampler(indices, {
    ...options,
    load: cached((index) => dataset.load(index, isLabelled.has(index) ? { ...load, label: true } : load)),
  });
  return async (iteration) => collate(await samplesAt(iteration), { labels: labelled.length > 0 });
}

/**
 * Opens the samples of a training. A thread of their own makes them where the engine leaves the
 * processor idle.
 *
 * @param modules of the user's, which a thread has to load again to know the dataset
 */
export async function openLoader(
  ref: DatasetRef,
  choice: SampleChoice,
  { engine, modules }: { engine: Engine; modules: readonly string[] },
): Promise<Loader> {
  const { device, callsTogether } = engines[engine];
  if (device() === 'gpu') {
    const [height, width] = choice.crop ?? [choice.load.height, choice.load.width];
    const together = callsTogether(choice.batchSize * height * width * VALUES_OF_PIXEL);
    return workerLoader({ ref, choice, modules }, { ahead: Math.max(AHEAD, together) });
  }
  return { at: batchesOf(await openDataset(ref), choice), close: async () => undefined };
}
