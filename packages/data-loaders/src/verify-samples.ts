import { checkSameSize } from './check-same-size.ts';
import type { Dataset, LoadOptions } from './dataset.ts';
import { type Finding, findingsOf } from './finding.ts';
import { inParallel } from './in-parallel.ts';
import type { Size } from './read-image.ts';
import { readImageSize } from './read-image-size.ts';
import { disparityAdvice } from './read-sample-disparity.ts';

export interface VerifyOptions extends LoadOptions {
  /** Ids or positions of the samples that will be used. */
  indices: readonly (string | number)[];
  signal?: AbortSignal;
  /** Called after each sample with how many have been looked at. */
  onProgress?: (done: number) => void;
}

const atOnce = 8;
/** Samples of a data set of somebody's own that are loaded to see whether loading works. */
const trials = 8;

/** Positions of at most `count` numbers spread evenly over `length`. */
const spread = (length: number, count: number): number[] =>
  length <= count
    ? [...Array(length).keys()]
    : Array.from({ length: count }, (_, at) => Math.round((at * (length - 1)) / (count - 1)));

/**
 * Looks at every file that loading the given samples with the given options would read, so that a
 * broken one is known before hours of training and not after: it exists, is a picture and was not
 * cut off; neighbours have the size of their frame; the camera fits. Of pictures only header and
 * end are read. Labels are decoded: their size and the numbers in them are checked.
 *
 * A data set that cannot name its files (has no `files`) is tried instead: up to 8 of the samples,
 * spread evenly, or all of them where labels are asked for, are loaded.
 *
 * @returns what is wrong, in the order of the samples; empty if all is well
 */
export async function verifySamples(
  dataset: Dataset,
  { indices, signal, onProgress, ...options }: VerifyOptions,
): Promise<Finding[]> {
  const sizes = new Map<string, Promise<Size>>();
  const sizeOf = (file: string, advice?: string) => {
    const known = sizes.get(file) ?? readImageSize(file, advice);
    sizes.set(file, known);
    return known;
  };
  const idOf = (which: string | number) => (typeof which === 'number' ? (dataset.ids[which] ?? `${which}`) : which);

  const verify = async (which: string | number): Promise<Finding[]> => {
    const findings: Finding[] = [];
    const check = <T>(file: string, task: () => T) => findingsOf(task, { file, findings });
    const id = idOf(which);
    if (!dataset.files) {
      await check(id, () => dataset.load(which, options));
      return findings;
    }
    const files = await check(id, () => dataset.files!(which, options));
    if (!files) return findings;
    const { image, label, neighbours = [], disparity, depth } = files;
    const size = await check(image, () => sizeOf(image));
    for (const file of neighbours) {
      const found = await check(file, () => sizeOf(file));
      if (size && found) await check(file, () => checkSameSize(file, found, { image, size }));
    }
    if (size && neighbours.length > 0) await check(files.camera ?? id, () => dataset.intrinsics?.(which));
    if (size && label !== undefined) {
      await check(label, () => (dataset.labelValues ? dataset.labelValues(which) : sizeOf(label)));
    }
    if (disparity !== undefined) await check(disparity, () => sizeOf(disparity, disparityAdvice(id)));
    if (depth !== undefined) await check(depth, () => sizeOf(depth, 'This data set has no true depth for the image.'));
    return findings;
  };

  const chosen =
    dataset.files || options.label ? indices : spread(indices.length, trials).map((position) => indices[position]);
  let done = 0;
  const findings = await inParallel(chosen.length, atOnce, async (position) => {
    signal?.throwIfAborted();
    const found = await verify(chosen[position]);
    onProgress?.(++done);
    return found;
  });
  const seen = new Set<string>();
  return findings.flat().filter(({ message }) => !seen.has(message) && seen.add(message));
}
