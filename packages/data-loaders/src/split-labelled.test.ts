import { expect, test } from '@jest/globals';
import { splitLabelled } from './split-labelled.ts';

const dataset = { name: 'streets', ids: ['a', 'b', 'c', 'd'] };

test('labelled ones keep the order given, the others that of the data set', () => {
  expect(splitLabelled(dataset, ['d', 'a'])).toEqual({ labelled: [3, 0], unlabelled: [1, 2] });
  expect(splitLabelled(dataset, [1, 1])).toEqual({ labelled: [1], unlabelled: [0, 2, 3] });
});

test('an unknown one is an error', () => {
  expect(() => splitLabelled(dataset, ['e'])).toThrow('streets has no sample "e"');
  expect(() => splitLabelled(dataset, [4])).toThrow('there is no sample 4');
});
