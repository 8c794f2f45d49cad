/** Sizes of a step's batches, by their keys in the config, e.g. `train.batchSize`. */
export type BatchSizes = Record<string, number>;

/** How ONNX Runtime (BFCArena, CUDA, WebGPU), TensorFlow and C++ say it. */
const SIGNS =
  /out of memory|out_of_memory|OOM when allocating|failed to allocate memory|available memory of .* is smaller|bad_alloc|memory allocation failed/i;

/**
 * In words, what to do where a step's batch does not fit into memory; nothing if `error` says
 * something else.
 */
export function outOfMemory(error: unknown, sizes: BatchSizes): string | undefined {
  // Not instanceof Error: a native module's errors may be of another realm.
  if (!SIGNS.test((error as Error | undefined)?.message ?? '')) return undefined;
  const now = Object.entries(sizes).map(([key, size]) => `${key} ${size}`);
  const smaller = Object.entries(sizes).filter(([, size]) => size > 1);
  const advice =
    smaller.length > 0
      ? `Half as many images take about half of it: ${smaller.map(([key, size]) => `--set ${key}=${size >> 1}`).join(' ')}`
      : 'It is one image already: take smaller ones, or crop them';
  return `there is not enough memory for ${now.join(', ')}. ${advice}`;
}
