import { legacyPermutation } from '@segsde/active-learning';
import { type Dataset, labelledSamples } from '@segsde/data-loaders';
import type { DataConfig } from '../config/schema.ts';
import { showFile } from '../files/show-file.ts';
import { UserError } from '../files/user-error.ts';
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
 * Positions of the frames that labels are drawn from: those that have one, because in a dataset with
 * some labels the others cannot be learnt from. In one without any, all: which of them to label is
 * what is asked then.
 *
 * @throws UserError if there are fewer than `labels`
 */
export function labellable(
  dataset: Dataset,
  { root, split, labels }: { root: string; split: string; labels: number },
): number[] {
  const all = [...dataset.ids.keys()];
  const labelled = labelledSamples(dataset);
  const pool = labelled.length > 0 ? labelled : all;
  if (pool.length >= labels) return pool;
  const has =
    pool.length < all.length
      ? `only ${pool.length} of its ${all.length} frames with a label`
      : `only ${pool.length} frames`;
  throw new UserError(
    `selection.labels: ${labels} frames are to be learnt from, but ${showFile(root)} has ${has} in "${split}"`,
  );
}

/** Positions among `size` frames of those that are labelled at random, in order (docs/method.md, section 12.1). */
export const drawnAtRandom = (size: number, { labels, seed }: { labels: number; seed: number }): number[] =>
  legacyPermutation(size, seed).slice(0, labels);
