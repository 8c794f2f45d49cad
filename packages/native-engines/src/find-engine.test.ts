import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EngineError } from './errors.ts';
import { findEngine } from './find-engine.ts';

let data: string;
let folder: string;
beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'segsde-engine-'));
  folder = join(data, 'engines', 'tensorflow');
});
afterEach(() => rm(data, { recursive: true }));

const description = { binding: 'tfjs_binding.node', before: [], library: '2.21.0', gpu: false, mixedPrecision: false };

async function write(text: string) {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'engine.json'), text);
}

/** The message of the error that looking for the engine throws. */
function complaint(): string {
  try {
    findEngine('tensorflow', { data });
  } catch (error) {
    expect(error).toBeInstanceOf(EngineError);
    return (error as Error).message;
  }
  throw new Error('no error was thrown');
}

test('where nothing is installed there is no engine', () => {
  expect(findEngine('tensorflow', { data })).toBeUndefined();
});

test('an installed engine comes with the absolute path of its binding', async () => {
  await write(JSON.stringify(description));
  await writeFile(join(folder, 'tfjs_binding.node'), '');
  const found = { ...description, name: 'tensorflow', binding: join(folder, 'tfjs_binding.node'), folder };
  expect(findEngine('tensorflow', { data })).toEqual(found);
  expect(findEngine('onnx-cuda', { data })).toBeUndefined();
});

test('a broken description is an error that names the file, what is wrong, and the way out', async () => {
  const file = join(folder, 'engine.json');
  const wayOut = /removeEngine\('tensorflow'\), installEngine\('tensorflow'\)\.$/;
  const broken = { '': 'is no JSON', '[': 'is no JSON', null: 'is no JSON object', '{}': 'has no string "binding"' };
  for (const [text, problem] of Object.entries(broken)) {
    await write(text);
    expect(complaint()).toContain(`${file}: ${problem}. `);
    expect(complaint()).toMatch(wayOut);
  }
  await write(JSON.stringify({ ...description, gpu: 'yes' }));
  expect(complaint()).toContain(`${file}: has no boolean "gpu". `);
  await rm(file);
  expect(complaint()).toContain(`${file}: is missing`);
});

test('a library that is gone is an error that names it', async () => {
  await write(JSON.stringify({ ...description, before: ['libfirst.so'] }));
  expect(complaint()).toContain(`${join(folder, 'tfjs_binding.node')}: a library of the engine is missing.`);
  await writeFile(join(folder, 'tfjs_binding.node'), '');
  expect(complaint()).toContain(`${join(folder, 'libfirst.so')}: a library of the engine is missing.`);
  await writeFile(join(folder, 'libfirst.so'), '');
  expect(findEngine('tensorflow', { data })?.before).toEqual([join(folder, 'libfirst.so')]);
});
