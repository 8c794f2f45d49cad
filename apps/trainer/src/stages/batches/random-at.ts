import { deriveSeed } from '@segsde/data-loaders';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { Random } from '../../registry/definition.ts';

/**
 * A generator for one point of a run. It depends on nothing that was drawn before, so an interrupted run goes on with the same draws.
 *
 * @param purpose keeps the streams of different users apart
 */
export function randomAt(seed: number, purpose: string, position: number): Random {
  return xoroshiro128plus(deriveSeed(seedFor(seed, purpose), position));
}

/** Another seed for each purpose. */
export function seedFor(seed: number, purpose: string): number {
  return deriveSeed(seed, ...[...purpose].map((character) => character.charCodeAt(0)));
}
