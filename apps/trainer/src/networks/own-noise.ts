import type { Network } from '@segsde/models';
import type { Mode } from '../steps/dropout-noise.ts';

/** The mode with only the dropout noise that belongs to `network`, which refuses that of others. */
export function ownNoise({ dropoutSites }: Pick<Network<unknown>, 'dropoutSites'>, mode: Mode): Mode {
  if (!mode.training) return mode;
  const dropoutNoise = Object.fromEntries(dropoutSites.map(({ name }) => [name, mode.dropoutNoise[name]]));
  return { training: true, dropoutNoise };
}
