import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EngineNotInstalled } from '../engine-errors.ts';
import { loadCuda } from './load-cuda.ts';

let data: string;
const before = process.env.XDG_DATA_HOME;
beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'segsde-cuda-'));
  process.env.XDG_DATA_HOME = data;
});
afterEach(async () => {
  if (before === undefined) delete process.env.XDG_DATA_HOME;
  else process.env.XDG_DATA_HOME = before;
  await rm(data, { recursive: true });
});

test('without the engine it is said how to get it', () => {
  expect(() => loadCuda()).toThrow(EngineNotInstalled);
  expect(() => loadCuda()).toThrow(
    /^jit: engine 'onnx-cuda' is not installed\. installEngine\('onnx-cuda'\) of @segsde\/native-engines/,
  );
});

test('an engine of another release of ONNX Runtime is refused', async () => {
  const folder = join(data, 'segsde/engines/onnx-cuda');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'library.so'), '');
  const description = { binding: 'library.so', before: [], library: '1.2.3', gpu: true, mixedPrecision: false };
  await writeFile(join(folder, 'engine.json'), JSON.stringify(description));
  expect(() => loadCuda()).toThrow(/installed for ONNX Runtime 1\.2\.3, but onnxruntime-node is \d/);
});
