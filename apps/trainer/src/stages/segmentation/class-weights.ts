/**
 * What a pixel of each class weighs so that rare classes are learnt as well: the class's share of the labelled pixels to the power of -`balance`, the
 * pixels' mean weight being 1. A class without any pixel weighs 1, and never counts.
 *
 * @param labels trainIds of labelled frames; numbers of `classes` and above are ignored
 * @param balance 0: all classes weigh the same; 1: all classes together count the same
 */
export function classWeights(
  labels: readonly ArrayLike<number>[],
  { classes, balance }: { classes: number; balance: number },
): number[] {
  const counts = new Float64Array(classes);
  for (const frame of labels) {
    for (let pixel = 0; pixel < frame.length; pixel++) if (frame[pixel] < classes) counts[frame[pixel]]++;
  }
  const total = counts.reduce((sum, count) => sum + count, 0);
  const raw = Array.from(counts, (count) => (count > 0 ? (count / total) ** -balance : 0));
  const mean = raw.reduce((sum, weight, id) => sum + (weight * counts[id]) / total, 0);
  return raw.map((weight) => (weight > 0 ? weight / mean : 1));
}
