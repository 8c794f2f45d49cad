import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { recallChoice, rememberChoice } from './engine-memory.ts';

let folder: string;
const file = () => join(folder, 'segsde/auto-engine.json');
const { XDG_DATA_HOME } = process.env;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'segsde-memory-'));
  process.env.XDG_DATA_HOME = folder;
});
afterAll(async () => {
  if (XDG_DATA_HOME === undefined) delete process.env.XDG_DATA_HOME;
  else process.env.XDG_DATA_HOME = XDG_DATA_HOME;
  await rm(folder, { recursive: true });
});

const choice = { engine: 'onnx-webgpu', reason: '3 ms' } as const;

test('what was chosen is known again, until something changes', async () => {
  expect(await recallChoice()).toBeUndefined();
  expect(await rememberChoice(choice)).toBe(true);
  expect(await recallChoice()).toEqual(choice);
  const text = await readFile(file(), 'utf8');
  await writeFile(file(), text.replace(/"processor": "[^"]*"/, '"processor": "another"'));
  expect(await recallChoice()).toBeUndefined();
});

test.each(['', '{}', '[]', 'null'])('a damaged memory (%j) is none', async (text) => {
  await writeFile(file(), text);
  expect(await recallChoice()).toBeUndefined();
});

test('an engine that does not exist is not remembered', async () => {
  await rememberChoice(choice);
  await writeFile(file(), (await readFile(file(), 'utf8')).replace('onnx-webgpu', 'cuda'));
  expect(await recallChoice()).toBeUndefined();
});

test('a data folder that cannot be written is no error', async () => {
  process.env.XDG_DATA_HOME = join(folder, 'file');
  await writeFile(process.env.XDG_DATA_HOME, '');
  expect(await rememberChoice(choice)).toBe(false);
  process.env.XDG_DATA_HOME = folder;
});
