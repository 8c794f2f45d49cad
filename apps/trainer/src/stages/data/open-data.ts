import type { Dataset } from '@segsde/data-loaders';
import type { DataConfig } from '../../config/schema.ts';
import { lookUp } from '../../registry/registries.ts';
import type { Stage, StageContext } from '../../run/stage.ts';

/** Opens a split of the data that the config names: a folder of the user's, or the scenes of this run. */
export async function openData(
  { registries, folderOf }: Pick<StageContext, 'registries' | 'folderOf'>,
  { dataset, root }: DataConfig,
  { split, scenes }: { split: string; scenes: Stage | undefined },
): Promise<Dataset> {
  const folder = root ?? (scenes && folderOf(scenes));
  if (folder === undefined) throw new Error('neither a data folder nor rendered scenes');
  return lookUp(registries, 'dataset', dataset.name).open(dataset, { root: folder, split });
}
