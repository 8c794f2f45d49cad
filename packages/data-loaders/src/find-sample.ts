import { DataError } from './data-error.ts';
import { didYouMean } from './did-you-mean.ts';

/**
 * Position of a sample in a list of ids.
 *
 * @param which an id, its accents in whichever form of Unicode, or a position, which must lie in
 *   the list
 */
export function findSample(name: string, ids: readonly string[], which: string | number): number {
  if (typeof which === 'number') {
    if (Number.isInteger(which) && which >= 0 && which < ids.length) return which;
    throw new DataError(`${name} has ${ids.length} samples, numbered from 0: there is no sample ${which}.`);
  }
  const index = ids.indexOf(which.normalize());
  if (index >= 0) return index;
  throw new DataError(`${name} has no sample "${which}". ${didYouMean(which, ids)}`.trimEnd());
}
