import { rename } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { extractAll } from './archives.ts';
import { cardProblem, lackOfPip } from './obstacles.ts';
import type { Source } from './source.ts';
import { fetchWheels } from './wheels.ts';

/** Of CUDA 13. */
const DRIVER = 580;

/**
 * Provider and library talk in C++, and npm's binding names the version that it wants, so all three
 * must be of one release.
 */
const { version } = createRequire(import.meta.url)('onnxruntime-node/package.json') as { version: string };

const FOLDER = 'onnxruntime/capi';
/** The name under which the binding asks for it. */
const LIBRARY = `${FOLDER}/libonnxruntime.so.1`;
const PROVIDERS = [`${FOLDER}/libonnxruntime_providers_shared.so`, `${FOLDER}/libonnxruntime_providers_cuda.so`];
/**
 * What the provider wants, by name, each after what it wants itself; cuDNN looks for its other
 * parts beside itself.
 */
const CUDA = [
  ...['libcudart.so.13', 'libnvrtc.so.13', 'libcublasLt.so.13', 'libcublas.so.13', 'libcurand.so.10'].map(
    (name) => `nvidia/cu13/lib/${name}`,
  ),
  'nvidia/cudnn/lib/libcudnn.so.9',
];
const WHEELS = /^(onnxruntime_gpu|nvidia_(cublas|cuda_nvrtc|cuda_runtime|cudnn_cu13|curand))-.*\.whl$/;

/**
 * ONNX Runtime's CUDA provider and NVIDIA's libraries, from Python's package index. Linux x64 only.
 */
export const cudaSource: Source = {
  name: "ONNX Runtime's and NVIDIA's Python wheels",

  async obstacles({ programs, machine: { platform, arch }, elsewhere, signal }) {
    if (platform !== 'linux' || arch !== 'x64') return [`they are for Linux x64, not for ${platform} ${arch}`];
    const [pip, card] = await Promise.all([
      lackOfPip(programs, signal),
      elsewhere ? undefined : cardProblem({ driver: DRIVER }, programs, signal),
    ]);
    return [pip, card].filter((problem) => problem !== undefined);
  },

  space: () => 5e9,

  async build(folder, { machine, programs, downloads, signal, onProgress }) {
    const wheels = await fetchWheels(
      {
        python: programs.python,
        requirement: `onnxruntime-gpu[cuda,cudnn]==${version}`,
        dependencies: true,
        wanted: (file) => WHEELS.test(file),
        machine,
        signal,
      },
      { folder: downloads, onProgress },
    );
    onProgress({ kind: 'step', text: 'unpacking the libraries' });
    const unpacked = `${FOLDER}/libonnxruntime.so.${version}`;
    const wanted = (file: string) =>
      file === unpacked || PROVIDERS.includes(file) || /^nvidia\/[^/]+\/lib\/[^/]+\.so(\.\d+)*$/.test(file);
    await extractAll(wheels, folder, { wanted, needed: [unpacked, ...PROVIDERS, ...CUDA], signal });
    await rename(join(folder, unpacked), join(folder, LIBRARY));
    return { binding: LIBRARY, before: CUDA, library: version };
  },
};
