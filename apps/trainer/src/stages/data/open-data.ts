import type { Dataset } from '@segsde/data-loaders';
import type { DataConfig } from '../../config/schema.ts';
import type { Stage, StageContext } from '../../run/stage.ts';
import { dataPlace } from './data-place.ts';
import { openPlace } from './open-place.ts';

/** Opens a split of the data that the config names: a folder of the user's, or the scenes of this run. */
export const openData = async (
  context: Pick<StageContext, 'registries' | 'folderOf'>,
  data: DataConfig,
  where: { split: string; scenes: Stage | undefined },
): Promise<Dataset> => openPlace(context.registries, dataPlace(context, data, where));
