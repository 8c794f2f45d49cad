/** Sizes of a step's batches, by their keys in the config, e.g. `train.batchSize`. */
export type BatchSizes = Record<string, number>;

/** In words, what did not fit into memory, and what to do about it. */
export function smallerBatches(sizes: BatchSizes): string {
  const now = Object.entries(sizes).map(([key, size]) => `${key} ${size}`);
  const smaller = Object.entries(sizes).filter(([, size]) => size > 1);
  const advice =
    smaller.length > 0
      ? `Half as many images take about half of it: ${smaller.map(([key, size]) => `--set ${key}=${size >> 1}`).join(' ')}`
      : 'It is one image already: take smaller ones, or crop them';
  return `${now.join(', ')}. ${advice}`;
}
