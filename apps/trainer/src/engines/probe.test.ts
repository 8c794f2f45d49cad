import { expect, test } from '@jest/globals';
import { type Engine, NoDevice } from '@segsde/jit';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compareEngines } from './probe.ts';
import { ownDataFolder } from './own-data-folder.test.kit.ts';

const folder = ownDataFolder();

/** Trials whose losses are these, by engine. */
const trials = (losses: Partial<Record<Engine, number[]>>) => async (engine: Engine) => {
  const seen = losses[engine];
  if (!seen) throw new NoDevice(engine, `engine '${engine}' finds no graphics card`);
  return { first: 1, last: 0.5, milliseconds: 10, losses: seen };
};

test('an engine that trains is timed, one without a card or a library is absent', async () => {
  expect(await compareEngines(() => undefined, trials({ onnx: [3, 2] }))).toEqual([
    { engine: 'onnx', milliseconds: 10, first: 1, last: 0.5 },
    { engine: 'onnx-webgpu', absent: 'no graphics card found' },
    { engine: 'onnx-cuda', absent: 'not installed' },
    { engine: 'tensorflow', absent: 'not installed' },
  ]);
});

test('an engine that trains otherwise than onnx is broken, rounding aside', async () => {
  const rounded = await compareEngines(() => undefined, trials({ onnx: [3, 2], 'onnx-webgpu': [3, 2.001] }));
  expect(rounded[1]).toHaveProperty('milliseconds');
  for (const wrong of [2.01, NaN]) {
    const findings = await compareEngines(() => undefined, trials({ onnx: [3, 2], 'onnx-webgpu': [3, wrong] }));
    expect(findings[1]).toEqual({ engine: 'onnx-webgpu', broken: expect.stringContaining(`step 2 is ${wrong}`) });
  }
});

test('an engine whose files are damaged is broken', async () => {
  await mkdir(join(folder(), 'segsde/engines/tensorflow'), { recursive: true });
  await writeFile(join(folder(), 'segsde/engines/tensorflow/engine.json'), 'nonsense');
  const [, , , tensorflow] = await compareEngines(() => undefined, trials({ onnx: [3, 2] }));
  expect(tensorflow).toEqual({ engine: 'tensorflow', broken: expect.stringContaining('is no JSON') });
});
