import { type Dataset, labelledSamples } from '@segsde/data-loaders';
import type { DataConfig } from '../config/schema.ts';
import type { Part } from '../parts/registries.ts';

/** Where a split of some data is. */
export interface DatasetRef {
  dataset: Part<'dataset'>;
  root: string;
  split: string;
  /**
   * Distance in time of the frames that depth is learnt with; empty where single frames will do.
   */
  neighbours: readonly number[];
}

/**
 * A split of the data that the config names: in a folder of the user's, or among rendered scenes.
 *
 * @param scenes folder of the scenes of this run, if it has any
 */
export function datasetRef(
  { dataset, root }: Pick<DataConfig, 'dataset' | 'root'>,
  { split, scenes, neighbours = [] }: { split: string; scenes: string | undefined; neighbours?: readonly number[] },
): DatasetRef {
  const folder = root ?? scenes;
  if (folder === undefined) throw new Error('neither a data folder nor rendered scenes');
  return { dataset, root: folder, split, neighbours };
}

/** @throws DataError if the folder is missing or holds nothing of the split */
export const openDataset = ({ dataset, ...context }: DatasetRef): Promise<Dataset> => dataset.open(context);

/**
 * Positions of the frames that have a label: in a dataset with some labels the others cannot be
 * learnt from. In one without any, all: which of them to label is what is asked then.
 */
export function labellable(dataset: Dataset): number[] {
  const labelled = labelledSamples(dataset);
  return labelled.length > 0 ? labelled : [...dataset.ids.keys()];
}
