import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DataError } from './data-error.ts';
import { type Batch, type BatchItem, type BatchOptions, seededBatches } from './seeded-batches.ts';

type Options = Omit<BatchOptions<BatchItem>, 'load'> & { load?: BatchOptions<BatchItem>['load'] };

const take = async (indices: number[], options: Options, count = Infinity): Promise<Batch<BatchItem>[]> => {
  const batches: Batch<BatchItem>[] = [];
  for await (const batch of seededBatches(indices, { load: (item) => Promise.resolve(item), ...options })) {
    batches.push(batch);
    if (batches.length >= count) break;
  }
  return batches;
};
const listOf = (count: number) => Array.from({ length: count }, (_, at) => 100 + at);
const cases = fc.record({
  count: fc.integer({ min: 1, max: 9 }),
  batchSize: fc.integer({ min: 1, max: 12 }),
  seed: fc.integer(),
});

test('every sample comes once per epoch', () =>
  fc.assert(
    fc.asyncProperty(cases, async ({ count, batchSize, seed }) => {
      const batches = await take(listOf(count), { batchSize, seed }, 3 * count);
      const stream = batches.flatMap(({ items }) => items.map(({ index }) => index));
      expect(stream).toHaveLength(3 * count * batchSize);
      for (let start = 0; start < stream.length; start += count) {
        expect(stream.slice(start, start + count).sort()).toEqual(listOf(count));
      }
    }),
  ));

test('a stream that goes on from a position equals one that was not interrupted', () =>
  fc.assert(
    fc.asyncProperty(cases, fc.nat(6), fc.nat(3), async ({ count, batchSize, seed }, interruption, prefetch) => {
      const whole = await take(listOf(count), { batchSize, seed }, 10);
      const rest = whole.slice(interruption + 1);
      const { position } = whole[interruption];
      expect(await take(listOf(count), { batchSize, seed, position, prefetch }, rest.length)).toEqual(rest);
    }),
  ));

test('one pass keeps the order, drops nothing and ends', async () => {
  const batches = await take(listOf(5), { batchSize: 2, seed: 1, mode: 'once' });
  expect(batches.map(({ items }) => items.map(({ index }) => index))).toEqual([[100, 101], [102, 103], [104]]);
});

test('epochs and seeds differ in order, items in their own seed', async () => {
  const order = async (seed: number, count: number) =>
    (await take(listOf(20), { batchSize: 20, seed }, count)).map(({ items }) => items.map(({ index }) => index));
  const [first, second] = await order(1, 2);
  expect(first).not.toEqual(second);
  expect(await order(2, 1)).not.toEqual([first]);
  const batches = await take(listOf(20), { batchSize: 20, seed: 1 }, 50);
  expect(new Set(batches.flatMap(({ items }) => items.map(({ seed }) => seed))).size).toBe(1000);
});

test('the next batches are loaded while one is used, whichever finishes first', async () => {
  let started = 0;
  const load = async (item: BatchItem) => {
    started++;
    await new Promise((done) => setTimeout(done, item.seed % 5));
    return item;
  };
  const batches = seededBatches(listOf(9), { batchSize: 3, seed: 4, load, prefetch: 2 });
  const first = await batches.next();
  expect(started).toBe(9);
  await batches.return();
  expect(first.value).toEqual((await take(listOf(9), { batchSize: 3, seed: 4 }, 1))[0]);
});

test('an item that fails stops the stream where its batch would come', async () => {
  const load = (item: BatchItem) =>
    item.index === 103 ? Promise.reject(new DataError('d.png: broken')) : Promise.resolve(item);
  const batches = seededBatches(listOf(6), { batchSize: 2, seed: 0, mode: 'once', load });
  expect((await batches.next()).done).toBe(false);
  await expect(batches.next()).rejects.toThrow('d.png: broken');
});

test('an empty list is an error, not a hang', async () => {
  await expect(take([], { batchSize: 2, seed: 0 })).rejects.toThrow('no images to draw batches from');
});
