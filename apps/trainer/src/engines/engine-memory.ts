import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Engine } from '@segsde/jit';
import { dataFolder, findEngine, type NativeEngine } from '@segsde/native-engines';
import { readJson, writeJson } from '../files/json-file.ts';
import { processor } from '../run/processor.ts';
import { version } from '../run/version.ts';
import type { EngineChoice } from './engine-choice.ts';
import { onnxRuntimeVersion } from './onnx-runtime-version.ts';

interface Remembered extends EngineChoice {
  machine: object;
}

const CHOICES: readonly Engine[] = ['onnx', 'onnx-webgpu', 'onnx-cuda', 'tensorflow'];

const file = () => join(dataFolder(), 'auto-engine.json');

function installed(name: NativeEngine): string | null {
  try {
    return findEngine(name)?.library ?? null;
  } catch {
    return 'broken';
  }
}

/** What a measurement depends on; with another machine or other libraries it is made again. */
const machine = () => ({
  segsde: version,
  platform: `${process.platform} ${process.arch}`,
  processor: processor(),
  onnxRuntime: onnxRuntimeVersion(),
  onnxCuda: installed('onnx-cuda'),
  tensorflow: installed('tensorflow'),
});

/** What was chosen on this machine before; undefined if nothing was, or something has changed since. */
export async function recallChoice(): Promise<EngineChoice | undefined> {
  try {
    const { machine: then, engine, reason } = (await readJson(file())) as Remembered;
    return isDeepStrictEqual(then, machine()) && CHOICES.includes(engine) ? { engine, reason } : undefined;
  } catch {
    // Missing, unreadable or damaged: it is measured again.
    return undefined;
  }
}

/** @returns whether it could be written down */
export async function rememberChoice(choice: EngineChoice): Promise<boolean> {
  const remembered: Remembered = { ...choice, machine: machine() };
  try {
    await mkdir(dataFolder(), { recursive: true });
    await writeJson(file(), remembered);
    return true;
  } catch {
    return false;
  }
}
