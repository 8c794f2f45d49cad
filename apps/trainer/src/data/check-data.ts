import type { Dataset } from '@segsde/data-loaders';
import type { Config, DataConfig } from '../config/schema.ts';
import { showFile } from '../files/show-file.ts';
import { UserError } from '../files/user-error.ts';
import { datasetRef, openDataset } from './dataset.ts';

/**
 * Opens every data folder that the config names, so that a wrong path is told now and not after an
 * hour's training. Scenes that are still to be rendered are left out.
 *
 * @throws UserError or DataError naming the folder
 */
export async function checkData({ data, depth, selection }: Config): Promise<void> {
  const open = async (
    data: DataConfig,
    split: string,
    neighbours: readonly number[] = [],
  ): Promise<Dataset | undefined> =>
    data.root === null ? undefined : openDataset(datasetRef(data, { split, scenes: undefined, neighbours }));

  const frames = await open(data, data.split);
  await open(data, data.valSplit);
  if (frames && frames.ids.length < selection.labels) {
    throw new UserError(
      `selection.labels: ${selection.labels} frames are to be labelled, but ${showFile(data.root!)} has ${frames.ids.length} in "${data.split}"`,
    );
  }
  if (depth?.data) {
    await open(depth.data, depth.data.split, depth.neighbours);
    await open(depth.data, depth.data.valSplit, depth.neighbours);
  }
}
