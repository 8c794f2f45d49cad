import { beforeAll, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const built = fileURLToPath(new URL('../dist/index.js', import.meta.url));
beforeAll(() => {
  if (!existsSync(built)) throw new Error('packages/jit/dist is missing; build first (npx pnpm@10.34.8 build)');
});

/** What an example prints, as a user starts it. */
async function runExample(name: string, ...args: string[]): Promise<string> {
  const file = fileURLToPath(new URL(`../examples/${name}.mjs`, import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [file, ...args]);
  return stdout;
}

test('a stock script learns to read digits with one line more', async () => {
  const output = await runExample('digits', '150', '16');
  expect(output).toMatch(/^eager on .*: [\d.]+ ms for a step of 16 digits$/m);
  expect(output).toMatch(/^compiled: [\d.]+ ms; the first step, which compiles it, \d+ ms$/m);
  const [, percent] = /^([\d.]+) % of \d+ digits that it has never seen are read right$/m.exec(output)!;
  expect(Number(percent)).toBeGreaterThan(70);
});

test('a transformer learns to write', async () => {
  const output = await runExample('licence-writer', '30');
  expect(output).toMatch(/^eager on .*: [\d.]+ ms a step$/m);
  const losses = [...output.matchAll(/^step \d+: loss ([\d.]+)$/gm)].map(([, loss]) => Number(loss));
  expect(losses).toHaveLength(2);
  expect(losses[1]).toBeLessThan(losses[0] - 0.3);
  expect(output).toMatch(/^it writes: .{100,}$/m);
});
