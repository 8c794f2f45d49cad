import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { transposeArray } from './transpose-array.ts';

const ORDERS = [0, 1, 2, 3].flatMap((a) =>
  [0, 1, 2, 3].flatMap((b) => [0, 1, 2, 3].flatMap((c) => [0, 1, 2, 3].map((d) => [a, b, c, d]))),
);
const PERMUTATIONS = ORDERS.filter((order) => new Set(order).size === 4);

test('every element is where the permuted index says', () => {
  const size = fc.integer({ min: 1, max: 40 });
  fc.assert(
    fc.property(
      fc.tuple(size, size, fc.integer({ min: 1, max: 4 }), size),
      fc.constantFrom(...PERMUTATIONS),
      (shape, order) => {
        const count = shape.reduce((a, b) => a * b);
        const result = transposeArray(
          Float32Array.from({ length: count }, (_, i) => i),
          shape,
          order,
        );
        const index = (position: number[], sizes: number[]) =>
          position.reduce((at, p, axis) => at * sizes[axis] + p, 0);
        const sizes = order.map((axis) => shape[axis]);
        let at = 0;
        for (let i = 0; i < sizes[0]; i++)
          for (let j = 0; j < sizes[1]; j++)
            for (let k = 0; k < sizes[2]; k++)
              for (let l = 0; l < sizes[3]; l++, at++) {
                const source: number[] = [];
                [i, j, k, l].forEach((p, axis) => (source[order[axis]] = p));
                if (result[at] !== index(source, shape)) throw new Error(`${shape} ${order} at ${[i, j, k, l]}`);
              }
        return at === count;
      },
    ),
    { numRuns: 60 },
  );
  expect(transposeArray(Uint8Array.of(1, 0), [1, 2, 1, 1], [1, 0, 2, 3])).toBeInstanceOf(Uint8Array);
});
