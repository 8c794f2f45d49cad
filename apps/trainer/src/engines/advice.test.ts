import { expect, test } from '@jest/globals';
import { EngineNotInstalled, NoDevice } from '@segsde/jit';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { engineProblem, requireEngine, withAdvice } from './advice.ts';
import { ownDataFolder } from './own-data-folder.test.kit.ts';

const folder = ownDataFolder();

test('what npm brings is fine; what is not installed comes with the command that installs it', () => {
  expect(engineProblem('onnx')).toBeUndefined();
  for (const engine of ['onnx-cuda', 'tensorflow'] as const) {
    const message = `Engine "${engine}" is not installed. Run \`segsde engine install ${engine}\`.`;
    expect(() => requireEngine(engine)).toThrow(message);
    const error = new EngineNotInstalled(engine, "jit: it is missing. installEngine('x') gets it.");
    expect(withAdvice(error)).toMatchObject({ name: 'UserError', message });
  }
});

test('a machine without a card is no fault of the program', () => {
  const error = new NoDevice('onnx-webgpu', "jit: engine 'onnx-webgpu' finds no graphics card.");
  expect(withAdvice(error)).toMatchObject({
    name: 'UserError',
    message: "engine 'onnx-webgpu' finds no graphics card.",
  });
  const other = new TypeError('x is undefined');
  expect(withAdvice(other)).toBe(other);
});

test('a broken engine is to be removed and installed again', async () => {
  await mkdir(join(folder(), 'segsde/engines/tensorflow'), { recursive: true });
  await writeFile(join(folder(), 'segsde/engines/tensorflow/engine.json'), '{');
  expect(engineProblem('tensorflow')).toMatch(
    /engine\.json: is no JSON\. Run `segsde engine remove tensorflow` and `segsde engine install tensorflow`\.$/,
  );
});
