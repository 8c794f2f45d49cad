import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { engine } from '@tensorflow/tfjs-core';
import { EngineError, findEngine } from '@segsde/native-engines';
import { EngineNotInstalled } from '../engine-errors.ts';
import type { TensorflowBinding } from './binding.ts';

const require = createRequire(import.meta.url);

/** Where the package `name` keeps its binding, if it is installed and has one. */
function bindingOf(name: string): string | undefined {
  let folder: string;
  try {
    folder = join(dirname(require.resolve(`${name}/package.json`)), 'lib');
  } catch {
    return undefined;
  }
  if (!existsSync(folder)) return undefined;
  const files = readdirSync(folder).map((version) => join(folder, version, 'tfjs_binding.node'));
  return files
    .sort()
    .reverse()
    .find((file) => existsSync(file));
}

/**
 * The binding's file, and whether its library can use a CUDA card; undefined where there is none
 * that works.
 */
export function findBinding(): { file: string; gpu: boolean } | undefined {
  const gpu = bindingOf('@tensorflow/tfjs-node-gpu');
  if (gpu !== undefined) return { file: gpu, gpu: true };
  const cpu = bindingOf('@tensorflow/tfjs-node');
  if (cpu !== undefined) return { file: cpu, gpu: false };
  try {
    const engine = findEngine('tensorflow');
    return engine && { file: engine.binding, gpu: engine.gpu };
  } catch (error) {
    if (error instanceof EngineError) return undefined;
    throw error;
  }
}

let loaded: TensorflowBinding | undefined;

/**
 * The binding through which this process talks to TensorFlow: that of a TensorFlow.js backend in
 * use, else that of an installed `@tensorflow/tfjs-node-gpu` or `@tensorflow/tfjs-node`, else that
 * of an installed engine.
 *
 * @throws EngineNotInstalled if there is none, EngineError if one is there and damaged
 */
export function loadBinding(): TensorflowBinding {
  if (loaded) return loaded;
  const backend = engine().registryFactory['tensorflow'] && engine().findBackend('tensorflow');
  if (backend && 'binding' in backend) return (loaded = backend.binding as TensorflowBinding);
  const file = findBinding()?.file ?? findEngine('tensorflow')?.binding;
  if (file === undefined) {
    throw new EngineNotInstalled(
      'tensorflow',
      "jit: engine 'tensorflow' needs TensorFlow's native library, which is not installed. installEngine('tensorflow') of " +
        '@segsde/native-engines gets it, or npm @tensorflow/tfjs-node.',
    );
  }
  // The library reads these once, when it is loaded. Without oneDNN it takes twice as long and has
  // no gradients of dilated convolutions; left to itself it takes all of a card's memory at once.
  process.env.TF_ENABLE_ONEDNN_OPTS ??= '1';
  process.env.TF_FORCE_GPU_ALLOW_GROWTH ??= 'true';
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
  return (loaded = require(file) as TensorflowBinding);
}
