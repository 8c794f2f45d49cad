/**
 * Repeats the rarer kind of frames, those in `of` or the others, as a whole, the last time in part,
 * until those in `of` make up `share` of the list, so that a shuffled stream of it shows them that
 * often. `null`, or a list of one kind only: as it is. A share of 0 leaves them out.
 */
export function resample(
  frames: readonly number[],
  { of, share }: { of: ReadonlySet<number>; share: number | null },
): number[] {
  const favoured = frames.filter((frame) => of.has(frame));
  const others = frames.filter((frame) => !of.has(frame));
  if (share === null || favoured.length === 0 || others.length === 0) return [...frames];
  if (share === 0) return others;
  const missing = Math.round((share * others.length) / (1 - share)) - favoured.length;
  if (missing >= 0) return [...frames, ...cycle(favoured, missing)];
  return [...frames, ...cycle(others, Math.round((favoured.length * (1 - share)) / share) - others.length)];
}

const cycle = (frames: readonly number[], count: number) =>
  Array.from({ length: count }, (_, i) => frames[i % frames.length]);
