/**
 * What a pixel of each class weighs so that rare classes are learnt as well: the class's share of
 * the labelled pixels to the power of -`balance`, the pixels' mean weight being 1. A class without
 * any pixel weighs 1, and never counts.
 *
 * @param counts labelled pixels of each class
 * @param balance 0: all classes weigh the same; 1: all classes together count the same
 */
export function classWeights(counts: ArrayLike<number>, { balance }: { balance: number }): number[] {
  const pixels = Array.from(counts);
  const total = pixels.reduce((sum, count) => sum + count, 0);
  const raw = pixels.map((count) => (count > 0 ? (count / total) ** -balance : 0));
  const mean = raw.reduce((sum, weight, id) => sum + (weight * pixels[id]) / total, 0);
  return raw.map((weight) => (weight > 0 ? weight / mean : 1));
}
