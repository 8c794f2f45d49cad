import type { Snippet } from './neighbour-poses.ts';
import { unitRange } from './unit-range.ts';

/** The frames in 0..1. */
export const unitSnippet = ({ target, sources }: Snippet): Snippet => ({
  target: unitRange(target),
  sources: sources.map(unitRange),
});
