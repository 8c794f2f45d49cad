import type { Config, DataConfig } from '../config/schema.ts';
import { lookUp, type Registries } from '../registry/registries.ts';
import { showFile } from '../config/source.ts';
import { UserError } from './user-error.ts';

/**
 * Opens every data folder that the config names, so that a wrong path is told now and not after an hour's training.
 *
 * @throws UserError or DataError naming the folder
 */
export async function checkData({ data, depth, selection }: Config, registries: Registries): Promise<void> {
  const open = async ({ dataset, root }: DataConfig, split: string) =>
    root === null ? undefined : lookUp(registries, 'dataset', dataset.name).open(dataset, { root, split });

  const frames = await open(data, data.split);
  await open(data, data.valSplit);
  if (frames && frames.ids.length < selection.labels) {
    throw new UserError(
      `selection.labels: ${selection.labels} frames are to be labelled, but ${showFile(data.root!)} has ${frames.ids.length} in "${data.split}"`,
    );
  }
  if (depth?.data) {
    await open(depth.data, depth.data.split);
    await open(depth.data, depth.data.valSplit);
  }
}
