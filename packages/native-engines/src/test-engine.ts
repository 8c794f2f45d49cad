import { fileURLToPath } from 'node:url';
import { EngineError } from './errors.ts';
import type { InstalledEngine } from './find-engine.ts';
import type { NativeEngine } from './folders.ts';
import { runProgram } from './programs.ts';

export interface EngineTest {
  /** Version of TensorFlow or ONNX Runtime. */
  library: string;
  /** Whether it found a CUDA card and ran there. */
  gpu: boolean;
  /** Of a small convolution before training it and after 20 steps. */
  losses: [first: number, last: number];
}

export interface EngineTestOptions {
  signal?: AbortSignal;
  /** The Node that loads the binding. Default: this one. */
  node?: string;
}

const scripts: Record<NativeEngine, string> = {
  tensorflow: 'training-step.mjs',
  'onnx-cuda': 'cuda-training-step.mjs',
};
const TIMEOUT = 5 * 60_000;

/**
 * Trains a small convolution through the engine, in a process of its own. Its values are compared
 * with plain JavaScript's.
 *
 * @throws EngineError if the engine does not load, computes wrong values or does not learn
 */
export async function testEngine(
  { name, binding, before }: Pick<InstalledEngine, 'name' | 'binding' | 'before'>,
  { signal, node = process.execPath }: EngineTestOptions = {},
): Promise<EngineTest> {
  const script = fileURLToPath(new URL(`../child/${scripts[name]}`, import.meta.url));
  try {
    return JSON.parse(await runProgram(node, [script, binding, ...before], { signal, timeout: TIMEOUT })) as EngineTest;
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    const hint = error.message.includes('SIGILL') ? ' The library needs a processor with AVX.' : '';
    throw new EngineError(`a training step through ${binding} failed: ${error.message}.${hint}`, { cause: error });
  }
}
