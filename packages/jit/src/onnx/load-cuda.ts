import { createRequire } from 'node:module';
import { findEngine, loadLibraries } from '@segsde/native-engines';
import { EngineNotInstalled } from '../engine-errors.ts';

const require = createRequire(import.meta.url);

let loaded = false;

/**
 * Has this process use the ONNX Runtime of the installed engine, which knows CUDA. npm's binding
 * takes the library that is there by then, so this comes before anything loads the binding.
 *
 * @throws EngineNotInstalled if the engine, or that of this release, is not installed; Error if it
 *   comes too late
 */
export function loadCuda(): void {
  if (loaded) return;
  const engine = findEngine('onnx-cuda');
  if (!engine) {
    throw new EngineNotInstalled(
      'onnx-cuda',
      "jit: engine 'onnx-cuda' is not installed. installEngine('onnx-cuda') of @segsde/native-engines gets it.",
    );
  }
  const { version } = require('onnxruntime-node/package.json') as { version: string };
  if (engine.library !== version) {
    throw new EngineNotInstalled(
      'onnx-cuda',
      `jit: engine 'onnx-cuda' is installed for ONNX Runtime ${engine.library}, but onnxruntime-node is ${version}. ` +
        "removeEngine('onnx-cuda') and installEngine('onnx-cuda') of @segsde/native-engines get the other one.",
    );
  }
  if (require.cache[require.resolve('onnxruntime-node')]) {
    throw new Error(
      "jit: engine 'onnx-cuda' comes too late: this process has loaded an ONNX Runtime without CUDA. " +
        "Call a function with engine 'onnx-cuda' before any with 'onnx' or 'onnx-webgpu', or use a process for each.",
    );
  }
  loadLibraries([...engine.before, engine.binding]);
  loaded = true;
}
