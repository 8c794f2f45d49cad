import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cardProblem } from './obstacles.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'segsde-card-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** What is said where `nvidia-smi` is a shell script of these lines. */
async function problem(...lines: string[]): Promise<string | undefined> {
  const nvidiaSmi = join(folder, 'nvidia-smi');
  await writeFile(nvidiaSmi, ['#!/bin/sh', ...lines, ''].join('\n'));
  await chmod(nvidiaSmi, 0o755);
  return cardProblem({ driver: 580 }, { nvidiaSmi });
}

test('a card with a new driver and memory is no problem', async () => {
  expect(await problem('echo "NVIDIA H100 80GB HBM3, 580.159.04, 81000"')).toBeUndefined();
});

test('one free card among several is enough', async () => {
  expect(await problem('echo "A, 590.1, 100"', 'echo "B, 590.1, 9000"')).toBeUndefined();
});

test.each([
  ['echo "Tesla T4, 535.104.05, 15000"', /driver 535\.104\.05 is too old, version 580 or later is needed/],
  ['echo "Tesla T4, 580.95.05, 700"', /Tesla T4 has only 700 MB free/],
  ['true', /finds no card/],
  ['echo "NVIDIA-SMI has failed: error 9" >&2; exit 9', /does not answer: .*error 9/],
])('%s', async (line, words) => {
  expect(await problem(line)).toMatch(words);
});

test('without a driver it is said how to get one', async () => {
  const nvidiaSmi = join(folder, 'none');
  expect(await cardProblem({ driver: 580 }, { nvidiaSmi })).toMatch(
    /driver is not installed; on Ubuntu: apt install nvidia-driver-580/,
  );
});
