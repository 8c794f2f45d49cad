import { tensor, tidy } from '@tensorflow/tfjs-core';
import { matchKeys, type KeyMatch } from './match-keys.ts';
import type { LoadOptions } from './load-state-dict.ts';
import type { HasStateDict } from './to-state-dict.ts';

/**
 * Copies one network's parameters and buffers to another's of the same names.
 *
 * @throws listing keys that are missing, unexpected (both only when strict) or of another shape;
 *   nothing is changed then
 */
export function copyWeights(
  from: HasStateDict,
  to: HasStateDict,
  { strict = true, into = '' }: Pick<LoadOptions, 'strict' | 'into'> = {},
): KeyMatch {
  const given = new Map([...from.stateDict].map(([key, variable]) => [into + key, variable]));
  const wanted = new Map([...to.stateDict].filter(([key]) => key.startsWith(into)));
  const shapes = (variables: typeof given) => new Map([...variables].map(([key, { shape }]) => [key, shape]));
  const match = matchKeys(shapes(given), shapes(wanted), { strict, source: 'copyWeights' });
  tidy(() => {
    for (const [key, variable] of wanted) {
      const source = given.get(key);
      if (source) variable.assign(tensor(source.dataSync<'float32'>().slice(), source.shape));
    }
  });
  return match;
}
