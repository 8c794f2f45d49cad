import { type Sample, seededBatches } from '@segsde/data-loaders';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { type FlipAndCrop, flipAndCrop } from './flip-and-crop.ts';

export interface SamplerOptions extends FlipAndCrop {
  batchSize: number;
  seed: number;
  load: (index: number) => Promise<Sample>;
}

/**
 * The samples of each iteration: shuffled, endless, mirrored and cropped at random. What comes at
 * an iteration depends on the seed alone, so a resumed run sees what an uninterrupted one would
 * have seen.
 */
export function sampler(
  indices: readonly number[],
  { batchSize, seed, load, ...augmentation }: SamplerOptions,
): (iteration: number) => Promise<Sample[]> {
  const startAt = (iteration: number) => {
    const items = iteration * batchSize;
    return seededBatches(indices, {
      batchSize,
      seed,
      position: { epoch: Math.floor(items / indices.length), index: items % indices.length },
      load: async (item) => flipAndCrop(await load(item.index), augmentation, xoroshiro128plus(item.seed)),
    });
  };
  let batches: ReturnType<typeof startAt> | undefined;
  let next = 0;
  return async (iteration) => {
    if (!batches || iteration !== next) batches = startAt(iteration);
    next = iteration + 1;
    const { value } = await batches.next();
    if (!value) throw new Error(`the endless stream of samples ended at iteration ${iteration}`);
    return value.items;
  };
}
