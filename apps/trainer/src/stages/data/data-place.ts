import type { DataConfig } from '../../config/schema.ts';
import type { Stage, StageContext } from '../../run/stage.ts';

/** Where a split of some data is, as plain data. */
export interface DataPlace {
  dataset: DataConfig['dataset'];
  root: string;
  split: string;
}

/** A split of the data that the config names: in a folder of the user's, or among the scenes of this run. */
export function dataPlace(
  { folderOf }: Pick<StageContext, 'folderOf'>,
  { dataset, root }: DataConfig,
  { split, scenes }: { split: string; scenes: Stage | undefined },
): DataPlace {
  const folder = root ?? (scenes && folderOf(scenes));
  if (folder === undefined) throw new Error('neither a data folder nor rendered scenes');
  return { dataset, root: folder, split };
}
