import { expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const program = fileURLToPath(new URL('../dist/memory.test.kit.js', import.meta.url));

test('ten thousand training steps leave no tensor behind, and the last five thousand take less than 5 MB', async () => {
  if (!existsSync(program)) throw new Error('packages/jit/dist is missing; build first (npx pnpm@10.34.8 build)');
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', program]);
  const { before, after, grownMb } = JSON.parse(stdout.trim().split('\n').at(-1)!) as {
    before: number[];
    after: number[];
    grownMb: number;
  };
  expect(after).toEqual(before);
  expect(grownMb).toBeLessThan(5);
});
