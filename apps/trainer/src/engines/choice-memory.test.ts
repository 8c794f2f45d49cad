import { expect, test } from '@jest/globals';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { recallChoice, rememberChoice } from './choice.ts';
import { ownDataFolder } from './own-data-folder.test.kit.ts';

const folder = ownDataFolder();
const file = () => join(folder(), 'segsde/auto-engine.json');

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
  process.env.XDG_DATA_HOME = join(folder(), 'file');
  await writeFile(process.env.XDG_DATA_HOME, '');
  expect(await rememberChoice(choice)).toBe(false);
  process.env.XDG_DATA_HOME = folder();
});
