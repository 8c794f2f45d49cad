import type { Dataset } from '@segsde/data-loaders';
import { lookUp, type Registries } from '../../registry/registries.ts';
import type { DataPlace } from './data-place.ts';

/** Opens the data at a place. @throws DataError */
export const openPlace = (registries: Registries, { dataset, root, split }: DataPlace): Promise<Dataset> =>
  lookUp(registries, 'dataset', dataset.name).open(dataset, { root, split });
