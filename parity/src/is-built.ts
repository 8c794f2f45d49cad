import { adapters } from './adapters.ts';
import type { Case } from './manifest.ts';

/**
 * False for what the packages do not offer yet: kinds without an adapter, and depth training with a
 * feature distance.
 */
export const isBuilt = ({ kind, options }: Case): boolean =>
  Object.hasOwn(adapters, kind) && !(kind === 'train_selfsup' && Number(options.feat_dist_lambda ?? 0) > 0);
