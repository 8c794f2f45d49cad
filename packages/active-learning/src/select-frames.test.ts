import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { legacyPermutation } from './legacy-permutation.ts';
import { selectFrames, selectionMethods } from './select-frames.ts';

const count = 12;
const features = Float32Array.from({ length: count * 2 }, (_, at) => Math.sin(at * at));
const scores = Float32Array.from({ length: count }, (_, at) => ((at * 7) % 12) / 12);
const given = { count, seed: 42, features, uncertainty: scores, entropy: scores.toReversed() };

test('every method chooses as many new images as asked for, with and without labelled ones', () =>
  fc.assert(
    fc.property(
      fc.constantFrom(...selectionMethods),
      fc.subarray([...Array(count).keys()]),
      fc.nat(count),
      fc.nat(99),
      (method, labelled, wanted, seed) => {
        const choose = Math.min(wanted, count - labelled.length);
        const chosen = selectFrames({ ...given, method, choose, labelled, seed });
        expect(chosen).toHaveLength(choose);
        expect(new Set([...labelled, ...chosen]).size).toBe(labelled.length + choose);
      },
    ),
  ));

test('the first images: diverse ones from the permutation on, random ones for the scores', () => {
  const permutation = legacyPermutation(count, 42);
  const first = (method: (typeof selectionMethods)[number]) =>
    selectFrames({ ...given, method, choose: 4, labelled: [] });
  for (const method of ['random', 'uncertainty', 'entropy'] as const)
    expect(first(method)).toEqual(permutation.slice(0, 4));
  expect(first('diversity')[0]).toBe(permutation[0]);
  expect(first('diversity+uncertainty')).toEqual(first('diversity'));
});

test('random goes on in the permutation', () => {
  const permutation = legacyPermutation(count, 42);
  expect(selectFrames({ ...given, method: 'random', choose: 3, labelled: permutation.slice(0, 2) })).toEqual(
    permutation.slice(2, 5),
  );
});

test('scores choose the highest; a large bias makes uncertainty decide over diversity, none leaves diversity', () => {
  const labelled = [0];
  const byScore = selectFrames({ ...given, method: 'uncertainty', choose: 3, labelled });
  expect(byScore).toEqual([5, 10, 3]);
  const both = (biasWeight: number) =>
    selectFrames({ ...given, method: 'diversity+uncertainty', choose: 3, labelled, biasWeight });
  expect(both(1e6)).toEqual(byScore);
  expect(both(0)).toEqual(selectFrames({ ...given, method: 'diversity', choose: 3, labelled }));
});

test('what is missing is named', () => {
  const bare = { count, seed: 1, choose: 1, labelled: [0] };
  expect(() => selectFrames({ ...bare, method: 'diversity' })).toThrow('Method "diversity" needs features');
  expect(() => selectFrames({ ...bare, method: 'entropy' })).toThrow('needs entropy');
  expect(() => selectFrames({ ...bare, method: 'diversity+uncertainty', features })).toThrow('needs uncertainty');
  expect(() => selectFrames({ ...bare, method: 'uncertainty', uncertainty: [1] })).toThrow('1 values of uncertainty');
  expect(() => selectFrames({ ...bare, method: 'random', choose: 12 })).toThrow('of 12 only 11 are not labelled yet');
});
