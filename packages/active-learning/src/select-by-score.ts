export interface SelectByScoreOptions {
  /** How many to choose; with several criteria a multiple of their number. */
  choose: number;
  /** Images that may not be chosen, such as the labelled ones. */
  exclude?: readonly number[];
}

/**
 * The images with the highest scores, best first; of equal ones the earlier (docs/method.md,
 * section 5.6). With several criteria each chooses its equal share, one criterion after the other,
 * passing over what is chosen already.
 *
 * @param criteria one or more lists of a score per image
 * @throws Error if a score is NaN, the quota cannot be split, or too few images are left
 */
export function selectByScore(
  criteria: readonly ArrayLike<number>[],
  { choose, exclude = [] }: SelectByScoreOptions,
): number[] {
  const share = choose / criteria.length;
  if (!Number.isInteger(share)) {
    throw new Error(`${choose} images cannot be split equally among ${criteria.length} criteria.`);
  }
  const excluded = new Set(exclude);
  const chosen = new Set<number>();
  for (const [position, scores] of criteria.entries()) {
    const ranked = Array.from(scores, (_, index) => index)
      .filter((index) => !excluded.has(index) && !chosen.has(index))
      .sort((a, b) => scores[b] - scores[a] || a - b);
    const nan = ranked.find((index) => Number.isNaN(scores[index]));
    if (nan !== undefined) throw new Error(`The score of image ${nan} is NaN.`);
    if (ranked.length < share) {
      throw new Error(`${choose} images were asked for, but criterion ${position + 1} has only ${ranked.length} left.`);
    }
    for (const index of ranked.slice(0, share)) chosen.add(index);
  }
  return [...chosen];
}
