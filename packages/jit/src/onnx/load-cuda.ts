import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { findEngine, loadLibraries } from '@segsde/native-engines';

const require = createRequire(import.meta.url);
const INSTALL = 'Run `segsde engine install onnx-cuda`.';

let loaded = false;

/**
 * Has this process use an ONNX Runtime that knows CUDA: the installed engine's, or npm's own where its install script has fetched the provider. npm's binding
 * takes the library that is there by then, so this comes before anything loads the binding.
 *
 * @throws if there is none, or it comes too late
 */
export function loadCuda(): void {
  if (loaded) return;
  const manifest = require.resolve('onnxruntime-node/package.json');
  const { version } = require(manifest) as { version: string };
  const engine = findEngine('onnx-cuda');
  if (!engine) {
    const provider = 'libonnxruntime_providers_cuda.so';
    const own = join(dirname(manifest), 'bin/napi-v6', process.platform, process.arch, provider);
    if (!existsSync(own)) throw new Error(`jit: engine 'onnx-cuda' is not installed. ${INSTALL}`);
  } else {
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
  }
  loaded = true;
}
