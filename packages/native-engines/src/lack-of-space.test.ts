import { expect, test } from '@jest/globals';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lackOfSpace } from './obstacles.ts';

test('what is needed and what is free is said for a folder that does not exist yet', async () => {
  const folder = join(tmpdir(), 'segsde', 'not', 'there');
  expect(await lackOfSpace(folder, 0)).toBeUndefined();
  expect(await lackOfSpace(folder, 1e18)).toMatch(
    new RegExp(`^1000000000\\.0 GB of disk are needed while installing, [\\d.]+ GB are free in ${tmpdir()}$`),
  );
});
