import { DataError } from './data-error.ts';
import { deriveSeed } from './derive-seed.ts';
import { seededOrder } from './seeded-order.ts';

/** A place in the stream: the next item to come. */
export interface Position {
  epoch: number;
  /** Items of that epoch that have been handed out. */
  index: number;
}

export interface BatchItem {
  /** One of the indices that the stream was made from. */
  index: number;
  /**
   * For this item's random draws: depends on the stream's seed and the place in the stream only.
   */
  seed: number;
}

export interface BatchOptions<T> {
  batchSize: number;
  seed: number;
  /** Loads and augments one item; called for several items at once, and ahead of time. */
  load: (item: BatchItem) => Promise<T>;
  /**
   * `endless` (default): shuffled anew in each epoch, a batch may reach into the next epoch.
   * `once`: in the given order, the last batch may be smaller.
   */
  mode?: 'endless' | 'once';
  /** Where to go on; `position` of the last batch that was used. */
  position?: Position;
  /** Batches loaded ahead while one is being used. */
  prefetch?: number;
}

export interface Batch<T> {
  items: T[];
  /**
   * Hand this to a new stream with the same indices and seed, and it continues after this batch.
   */
  position: Position;
}

/**
 * Batches of the given samples. Every index comes once per epoch; a list shorter than a batch is
 * repeated within it.
 *
 * @throws DataError if there are no indices
 */
export async function* seededBatches<T>(
  indices: readonly number[],
  { batchSize, seed, load, mode = 'endless', position = { epoch: 0, index: 0 }, prefetch = 2 }: BatchOptions<T>,
): AsyncGenerator<Batch<T>, void, undefined> {
  const count = indices.length;
  if (count === 0) {
    throw new DataError(
      'There are no images to draw batches from. Check the split, the labelled list and the subset size.',
    );
  }
  let { epoch, index } = position;
  let order: { epoch: number; positions: number[] } | undefined;

  const nextItem = (): BatchItem => {
    if (index >= count) [epoch, index] = [epoch + 1, 0];
    if (order?.epoch !== epoch) order = { epoch, positions: seededOrder(count, { seed, epoch }) };
    const item = {
      index: indices[mode === 'once' ? index : order.positions[index]],
      seed: deriveSeed(seed, epoch, index),
    };
    index++;
    return item;
  };

  const startBatch = (): Promise<Batch<T>> => {
    const size = mode === 'once' ? Math.min(batchSize, count - index) : batchSize;
    const items = Array.from({ length: size }, nextItem);
    const after = { epoch, index };
    const batch = Promise.all(items.map(load)).then((loaded) => ({ items: loaded, position: after }));
    batch.catch(() => undefined); // reported where the batch is awaited, which may be never
    return batch;
  };

  const started: Promise<Batch<T>>[] = [];
  for (;;) {
    while (started.length <= prefetch && (mode === 'endless' || index < count)) started.push(startBatch());
    const batch = started.shift();
    if (!batch) return;
    yield await batch;
  }
}
