
const ascending = (values: Set<number>) => [...values].sort((a, b) => a - b);

/**
 * Reads the labels of the given samples, without the images' pixels, and counts what is in them. Of a data set that cannot read labels
 * alone ({@link Dataset.loadLabel}) nothing is found.
 *
 * @throws DataError naming a file that cannot be read, has a wrong size, or holds a number that is no class; the signal's reason when it
 * is aborted
 */
export async function checkLabels(
  dataset: Dataset,
  indices: readonly number[],
  { signal, onProgress }: CheckLabelsOptions = {},
): Promise<LabelFindings | undefined> {
  if (!dataset.loadLabel) return undefined;
  const counts = new Float64Array(256);
  const values = new Set<number>();
  const ignoredValues = new Set<number>();
  const withoutClasses: string[] = [];
  await inParallel(indices, {
    signal,
    onProgress,
    work: async (index) => {
      const label = await dataset.loadLabel!(index);
      let ignored = 0;
      for (const trainId of label.data) {
        counts[trainId]++;
        if (trainId === 255) ignored++;
      }
      for (const value of label.values) values.add(value);
      for (const value of label.ignoredValues) ignoredValues.add(value);
      if (ignored === label.data.length) withoutClasses.push(label.file);
    },
  });
  return {
    pixels: Array.from(counts.subarray(0, dataset.classes.length)),
    ignored: counts[255],
    values: ascending(values),
    ignoredValues: ascending(ignoredValues),
    withoutClasses: withoutClasses.sort(),
  };
}
