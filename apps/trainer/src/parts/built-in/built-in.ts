import type { AnyDefinition } from '../registries.ts';
import { acquisition } from './acquisition.ts';
import { datasets } from './datasets.ts';
import { decoders } from './decoders.ts';
import { encoders } from './encoders.ts';
import { losses } from './losses.ts';
import { mixing } from './mixing.ts';
import { optimizers } from './optimizers.ts';
import { schedules } from './schedules.ts';

/** Everything that the YAML can name without modules of one's own. */
export const builtIn: readonly AnyDefinition[] = [
  ...encoders,
  ...decoders,
  ...losses,
  ...mixing,
  ...acquisition,
  ...datasets,
  ...schedules,
  ...optimizers,
];
