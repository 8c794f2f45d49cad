/**
 * Repeats those frames that are in `of` (as a whole, the last time in part) until they make up `share` of the list, so that a shuffled stream of it shows them
 * that often. `null`, or a share that they have already: the list as it is.
 */
export function withShare(
  frames: readonly number[],
  { of, share }: { of: ReadonlySet<number>; share: number | null },
): number[] {
  const favoured = frames.filter((frame) => of.has(frame));
  if (share === null || favoured.length === 0) return [...frames];
  const others = frames.length - favoured.length;
  const missing = Math.round((share * others) / (1 - share)) - favoured.length;
  return [...frames, ...Array.from({ length: Math.max(0, missing) }, (_, i) => favoured[i % favoured.length])];
}
