import { expect, test } from '@jest/globals';
import { didYouMean } from './did-you-mean.ts';

test('a near name is suggested, few names are listed, many are not', () => {
  expect(didYouMean('Neighbour', ['size', 'neighbours'])).toBe('Did you mean "neighbours"?');
  expect(didYouMean('xyz', ['road', 'sky'])).toBe('There are: road, sky.');
  expect(
    didYouMean(
      'xyz',
      Array.from({ length: 30 }, (_, at) => `class ${at}`),
    ),
  ).toBe('');
  expect(didYouMean('xyz', [])).toBe('');
});
