import type { Intrinsics, Sample } from '@segsde/data-loaders';
import { stack } from '../steps/tensors.ts';

/**
 * Samples of one size: of each kind of raster one array, which holds those of all samples in their
 * order. Nobody else has these arrays.
 */
export interface SampleBatch {
  batch: number;
  height: number;
  width: number;
  images: Uint8Array;
  /** By offset in time. */
  neighbours?: Uint8Array[];
  /** trainIds, 255 throughout where a sample has no label. */
  labels?: Uint8Array;
  isLabelled: boolean[];
  disparities?: Float32Array;
  intrinsics?: Intrinsics[];
}

/**
 * Samples as one batch.
 *
 * @param samples all of them with neighbours, disparity and intrinsics, or none
 * @param labels whether labels are wanted of those samples that have one
 */
export function collate(samples: readonly Sample[], { labels }: { labels: boolean }): SampleBatch {
  const [{ image, neighbours, disparity, intrinsics }] = samples;
  const { width, height } = image;
  const isLabelled = samples.map(({ label }) => label !== undefined);
  const unknown = () => ({ data: new Uint8Array(width * height).fill(255) });
  return {
    ...{ batch: samples.length, height, width, isLabelled },
    images: stack(samples.map(({ image }) => image)),
    ...(neighbours && { neighbours: neighbours.map((_, i) => stack(samples.map((each) => each.neighbours![i]))) }),
    ...(labels && { labels: stack(samples.map(({ label }) => label ?? unknown())) }),
    ...(disparity && { disparities: stack(samples.map(({ disparity }) => disparity!)) }),
    ...(intrinsics && { intrinsics: samples.map(({ intrinsics }) => intrinsics!) }),
  };
}
