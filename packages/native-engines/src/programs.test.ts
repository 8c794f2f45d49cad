import { afterEach, expect, test } from '@jest/globals';
import { runProgram } from './programs.ts';

const { FORCE_COLOR } = process.env;

afterEach(() => {
  if (FORCE_COLOR === undefined) delete process.env.FORCE_COLOR;
  else process.env.FORCE_COLOR = FORCE_COLOR;
});

test('a program is not told to colour what it prints', async () => {
  process.env.FORCE_COLOR = '0';
  expect(await runProgram(process.execPath, ['-p', '"FORCE_COLOR" in process.env'])).toBe('false\n');
});

test('a program that fails is an error with what it complained about', async () => {
  await expect(
    runProgram(process.execPath, ['-e', 'console.error("error: no luck"); process.exit(3)']),
  ).rejects.toThrow(/error: no luck/);
});
