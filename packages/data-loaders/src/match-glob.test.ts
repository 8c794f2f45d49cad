import { expect, test } from '@jest/globals';
import { matchGlob } from './match-glob.ts';

test.each([
  ['a/*.png', 'a/b.png', ['b']],
  ['a/*.png', 'a/b/c.png', undefined],
  ['**/*_x.png', 'a/b/c_x.png', ['a/b/', 'c']],
  ['**/*.png', 'c.png', ['', 'c']],
  ['a/**', 'a/b/c.png', ['b/c.png']],
  ['*.{png,jp*g}', 'a.jpeg', ['a', 'e']],
  ['*.{png,jp*g}', 'a.png', ['a', '']],
  ['?[0-9].png', 'a1.png', ['a', '1']],
  ['?[!0-9].png', 'a1.png', undefined],
  ['a+(b).png', 'a+(b).png', []],
  ['a[1', 'a[1', []],
  ['a]b}c', 'a]b}c', []],
  ['[\\]x', '\\x', ['\\']],
])('%s on %s', (pattern, path, parts) => expect(matchGlob(pattern, path)).toEqual(parts));

test('an impossible range is an error', () => {
  expect(() => matchGlob('[2-1].png', '1.png')).toThrow('[2-1].png: the range in square brackets is not one.');
});
