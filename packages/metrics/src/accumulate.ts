import type { ConfusionMatrix } from './confusion-matrix.ts';

/**
 * Adds the pixels of one image or batch to the matrix. Pixels whose true label is not a class (255,
 * 250, ...) are left out.
 *
 * @param truth trainIds
 * @param prediction class ids below `matrix.classes`, pixel for pixel
 * @throws if the lengths differ or a counted pixel's prediction is not a class; the matrix is then
 *   unchanged
 */
export function accumulate(matrix: ConfusionMatrix, truth: ArrayLike<number>, prediction: ArrayLike<number>): void {
  const { classes, counts } = matrix;
  if (truth.length !== prediction.length)
    throw new Error(
      `accumulate: ${truth.length} true labels but ${prediction.length} predictions. Resize one to the other.`,
    );
  for (let i = 0; i < truth.length; i++)
    if (truth[i] >= 0 && truth[i] < classes && !(prediction[i] >= 0 && prediction[i] < classes))
      throw new Error(
        `accumulate: pixel ${i} is predicted as ${prediction[i]}, but there are only classes 0 to ${classes - 1}.`,
      );
  for (let i = 0; i < truth.length; i++)
    if (truth[i] >= 0 && truth[i] < classes) counts[truth[i] * classes + prediction[i]]++;
}
