import { fileURLToPath } from 'node:url';
import { EngineError } from './engine-error.ts';
import type { InstalledEngine } from './find-engine.ts';
import { runProgram } from './run-program.ts';

export interface EngineTest {
  /** Version of TensorFlow's library. */
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

const script = fileURLToPath(new URL('../child/training-step.mjs', import.meta.url));
const TIMEOUT = 5 * 60_000;

/**
 * Trains a small convolution through the engine's binding, in a process of its own. Its values are compared with plain JavaScript's.
 *
 * @throws EngineError if the binding does not load, computes wrong values or does not learn
 */
export async function testEngine(
  { binding }: Pick<InstalledEngine, 'binding'>,
  { signal, node = process.execPath }: EngineTestOptions = {},
): Promise<EngineTest> {
  try {
    return JSON.parse(await runProgram(node, [script, binding], { signal, timeout: TIMEOUT })) as EngineTest;
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    const hint = error.message.includes('SIGILL') ? ' TensorFlow needs a processor with AVX.' : '';
    throw new EngineError(`a training step through ${binding} failed: ${error.message}.${hint}`, { cause: error });
  }
}
