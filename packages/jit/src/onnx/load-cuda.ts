import { createRequire } from 'node:module';
import { findEngine, loadLibraries } from '@segsde/native-engines';

const require = createRequire(import.meta.url);

let loaded = false;

/**
 * Has this process use the ONNX Runtime of the installed engine, which knows CUDA. npm's binding takes the library that is there by then, so this comes before
 * anything loads the binding.
 *
 * @throws if the engine is not installed, or it comes too late
 */
export function loadCuda(): void {
  if (loaded) return;
  const engine = findEngine('onnx-cuda');
  if (!engine) throw new Error("jit: engine 'onnx-cuda' is not installed. Run `segsde engine install onnx-cuda`.");
  const { version } = require('onnxruntime-node/package.json') as { version: string };
  if (engine.library !== version) {
    throw new Error(
      `jit: engine 'onnx-cuda' is installed for ONNX Runtime ${engine.library}, but onnxruntime-node is ${version}. ` +
        `Run \`segsde engine remove onnx-cuda\`, then \`segsde engine install onnx-cuda\`.`,
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
