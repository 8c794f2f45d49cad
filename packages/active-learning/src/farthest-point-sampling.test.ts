import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { distanceMatrix } from './distance-matrix.ts';
import { farthestPointSampling } from './farthest-point-sampling.ts';

const value = fc.integer({ min: -50, max: 50 });
const cases = fc
  .record({ count: fc.integer({ min: 2, max: 12 }), dimensions: fc.constantFrom(1, 3, 130) })
  .chain(({ count, dimensions }) =>
    fc.record({
      count: fc.constant(count),
      features: fc.array(value, { minLength: count * dimensions, maxLength: count * dimensions }),
      bias: fc.array(fc.nat(20), { minLength: count, maxLength: count }),
      selected: fc.subarray([...Array(count).keys()], { minLength: 1, maxLength: count - 1 }),
    }),
  );

test('each choice is the farthest from all chosen before, by the matrix of all distances', () =>
  fc.assert(
    fc.property(cases, ({ count, features, bias, selected }) => {
      const matrix = distanceMatrix(features, { count, bias });
      const choose = count - selected.length;
      const { indices, distances } = farthestPointSampling(Float32Array.from(features), {
        count,
        choose,
        selected,
        bias,
      });
      expect([...selected, ...indices].sort((a, b) => a - b)).toEqual([...Array(count).keys()]);
      indices.forEach((index, step) => {
        const chosen = [...selected, ...indices.slice(0, step)];
        const toChosen = (to: number) => Math.min(...chosen.map((from) => matrix[from * count + to]));
        const open = [...Array(count).keys()].filter((other) => !chosen.includes(other));
        expect(distances[step]).toBeCloseTo(toChosen(index), 3);
        expect(toChosen(index)).toBeGreaterThanOrEqual(Math.max(...open.map(toChosen)) - 1e-3);
      });
    }),
  ));

test('fewer choices are the beginning of more', () =>
  fc.assert(
    fc.property(cases, ({ count, features, bias, selected }) => {
      const choices = (choose: number) =>
        farthestPointSampling(Float32Array.from(features), { count, choose, selected, bias }).indices;
      const all = choices(count - selected.length);
      all.forEach((_, choose) => expect(choices(choose)).toEqual(all.slice(0, choose)));
    }),
  ));

test('from a point on a line: the far end, then the middle', () => {
  const line = Float32Array.of(0, 1, 2, 3, 4, 10);
  expect(farthestPointSampling(line, { count: 6, choose: 3, selected: [0] })).toEqual({
    indices: [5, 4, 2],
    distances: [10, 4, 2],
  });
});

test('a bias makes a near image worth more', () => {
  const bias = [0, 20, 0, 0, 0, 0];
  const options = { count: 6, choose: 1, selected: [0], bias };
  expect(farthestPointSampling(Float32Array.of(0, 1, 2, 3, 4, 10), options)).toEqual({ indices: [1], distances: [21] });
});

test('only candidates are chosen; when there are too few it says so', () => {
  const options = { count: 6, selected: [0], candidates: [3, 0, 2] };
  const line = Float32Array.of(0, 1, 2, 3, 4, 10);
  expect(farthestPointSampling(line, { ...options, choose: 2 }).indices).toEqual([3, 2]);
  expect(() => farthestPointSampling(line, { ...options, choose: 3 })).toThrow(
    '3 images were asked for, but only 2 are left',
  );
});

test('images that equal a chosen one come last, at distance 0', () => {
  const options = { count: 5, choose: 4, selected: [1] };
  expect(farthestPointSampling(Float32Array.of(7, 7, 0, 0, 7), options)).toEqual({
    indices: [2, 0, 3, 4],
    distances: [7, 0, 0, 0],
  });
});

test('of equally far images the first is chosen, in whatever order the candidates are', () => {
  const options = { count: 4, choose: 1, selected: [0], candidates: [3, 2, 1] };
  expect(farthestPointSampling(Float32Array.of(0, 5, -5, 5), options).indices).toEqual([1]);
});

/** The original search: chosen images and those that are no candidates have distance 0. */
function referenceSearch(
  features: number[],
  { count, choose, selected, candidates, bias }: Parameters<typeof farthestPointSampling>[1],
): number[] {
  const matrix = distanceMatrix(features, { count, bias });
  const taken = [...selected];
  while (taken.length < selected.length + choose) {
    const distances = Array.from({ length: count }, (_, to) =>
      (candidates ?? [to]).includes(to) ? Math.min(...taken.map((from) => matrix[from * count + to])) : 0,
    );
    const farthest = distances.indexOf(Math.max(...distances));
    if (taken.includes(farthest)) break;
    taken.push(farthest);
  }
  return taken.slice(selected.length);
}

test("in the reference's way it chooses what the original search chooses, and ends where that ends", () =>
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 8 }).chain((count) => {
        const images = [...Array(count).keys()];
        return fc.record({
          count: fc.constant(count),
          features: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: count, maxLength: count }),
          selected: fc.subarray(images, { minLength: 1 }),
          candidates: fc.shuffledSubarray(images),
          bias: fc.option(fc.array(fc.nat(2), { minLength: count, maxLength: count }), { nil: undefined }),
          choose: fc.nat(count + 2),
        });
      }),
      ({ features, ...options }) => {
        const { indices } = farthestPointSampling(Float32Array.from(features), {
          ...options,
          whenExhausted: 'reference',
        });
        expect(indices).toEqual(referenceSearch(features, options));
      },
    ),
    { numRuns: 500 },
  ));

test("in the reference's way an image that is no candidate is the last, if it is the first of all", () => {
  const options = { count: 4, choose: 4, selected: [1], candidates: [2, 3], whenExhausted: 'reference' } as const;
  expect(farthestPointSampling(Float32Array.of(9, 0, 1, 5), options)).toEqual({
    indices: [3, 2, 0],
    distances: [5, 1, 0],
  });
});

test('wrong input is refused', () => {
  expect(() => farthestPointSampling(Float32Array.of(0, 1), { count: 2, choose: 1, selected: [] })).toThrow(
    'at least one image to start from',
  );
  expect(() => farthestPointSampling(Float32Array.of(0, 1), { count: 2, choose: 1, selected: [2] })).toThrow(
    'no image 2 among 2',
  );
  expect(() => farthestPointSampling(Float32Array.of(0, 1, 2), { count: 2, choose: 1, selected: [0] })).toThrow(
    '3 feature values',
  );
  expect(() => farthestPointSampling(Float32Array.of(0, NaN), { count: 2, choose: 1, selected: [0] })).toThrow('NaN');
});
