import type { Dataset } from './dataset.ts';
import { findSample } from './find-sample.ts';

/**
 * Positions of the labelled samples, in the order given, and of all others, in the data set's.
 *
 * @param labelled ids or positions
 * @throws DataError if one is not in the data set
 */
export function splitLabelled(
  dataset: Pick<Dataset, 'name' | 'ids'>,
  labelled: readonly (string | number)[],
): { labelled: number[]; unlabelled: number[] } {
  const chosen = new Set(labelled.map((which) => findSample(dataset.name, dataset.ids, which)));
  return {
    labelled: [...chosen],
    unlabelled: dataset.ids.map((_, index) => index).filter((index) => !chosen.has(index)),
  };
}
