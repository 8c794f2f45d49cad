import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { EngineError } from './errors.ts';
import { findEngine } from './find-engine.ts';
import { installEngine, type InstallOptions } from './install-engine.ts';
import { LINUX, standIns, type StandIns } from './stand-ins.test.kit.ts';

const { version } = createRequire(import.meta.url)('onnxruntime-node/package.json') as { version: string };
const TESTED = { library: version, gpu: true, losses: [0.9, 0.1] };

/** Wheels with the files that an installation takes, and some that it leaves. */
const WHEELS: Record<string, string[]> = {
  [`onnxruntime_gpu-${version}-cp312-cp312-manylinux_2_28_x86_64.whl`]: [
    ...['_providers_shared.so', '_providers_cuda.so', '_providers_tensorrt.so', `.so.${version}`].map(
      (end) => `onnxruntime/capi/libonnxruntime${end}`,
    ),
    'onnxruntime/__init__.py',
  ],
  'nvidia_cublas-13.1.0-py3-none-manylinux1_x86_64.whl': [
    'nvidia/cu13/lib/libcublas.so.13',
    'nvidia/cu13/lib/libcublasLt.so.13',
    'nvidia/cu13/include/cublas.h',
  ],
  'nvidia_cuda_runtime-13.1.0-py3-none-manylinux2014_x86_64.whl': ['nvidia/cu13/lib/libcudart.so.13'],
  'nvidia_cuda_nvrtc-13.1.0-py3-none-manylinux2014_x86_64.whl': ['nvidia/cu13/lib/libnvrtc.so.13'],
  'nvidia_curand-10.4.0-py3-none-manylinux_2_27_x86_64.whl': ['nvidia/cu13/lib/libcurand.so.10'],
  'nvidia_cudnn_cu13-9.28.0-py3-none-manylinux_2_27_x86_64.whl': [
    'nvidia/cudnn/lib/libcudnn.so.9',
    'nvidia/cudnn/lib/libcudnn_ops.so.9',
  ],
  'numpy-2.4.0-cp312-cp312-manylinux_2_28_x86_64.whl': ['numpy/__init__.py'],
};

let folder: string;
let data: string;
let world: StandIns;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'segsde-install-'));
  data = join(folder, 'data');
  world = await standIns(folder);
  const found = [];
  for (const [name, files] of Object.entries(WHEELS)) {
    const path = join(folder, name);
    await writeFile(path, zipSync(Object.fromEntries(files.map((file) => [file, strToU8(file)]))));
    found.push({ download_info: { url: `file://${path}`, archive_info: {} } });
  }
  await writeFile(join(folder, 'cuda-report.json'), JSON.stringify({ install: found }));
  world.programs.python = await world.script(
    'python-with-cuda',
    'case "$*" in *--version*) echo "pip 24.0";;',
    `*--report=-*onnxruntime-gpu*cuda,cudnn*==${version}*) cat ${folder}/cuda-report.json;;`,
    '*) echo "unexpected: $*" >&2; exit 2;; esac',
  );
  // Like the real test, it is given the libraries to load first, each of which must be there.
  world.programs.node = await world.script(
    'node-with-cuda',
    'for file in "$@"; do [ -s "$file" ] || { echo "Error: no $file" >&2; exit 1; }; done',
    `[ $# = 8 ] && echo '${JSON.stringify(TESTED)}'`,
  );
});
afterEach(async () => {
  await world.close();
  await rm(folder, { recursive: true });
});

const install = (options: InstallOptions = {}) =>
  installEngine('onnx-cuda', { data, programs: world.programs, machine: LINUX, ...options });

async function complaint(options: InstallOptions): Promise<string> {
  const error = await install(options).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(EngineError);
  expect(existsSync(data)).toBe(false);
  return (error as Error).message;
}

test("provider and NVIDIA's libraries are taken from wheels, the library under the name that npm's binding asks for", async () => {
  const { engine, test: tested } = await install();
  expect(tested).toEqual(TESTED);
  expect(engine).toEqual(findEngine('onnx-cuda', { data }));
  expect(engine).toMatchObject({ name: 'onnx-cuda', library: version, gpu: true });
  expect(await readFile(engine.binding, 'utf8')).toBe(`onnxruntime/capi/libonnxruntime.so.${version}`);
  const files = (await readdir(engine.folder, { recursive: true })).filter((file) => /\.[a-z]/.test(file));
  expect(files.sort()).toEqual(
    [
      'engine.json',
      ...['.so.1', '_providers_cuda.so', '_providers_shared.so'].map((end) => `onnxruntime/capi/libonnxruntime${end}`),
      ...['cublas.so.13', 'cublasLt.so.13', 'cudart.so.13', 'curand.so.10', 'nvrtc.so.13'].map(
        (name) => `nvidia/cu13/lib/lib${name}`,
      ),
      ...['libcudnn.so.9', 'libcudnn_ops.so.9'].map((name) => `nvidia/cudnn/lib/${name}`),
    ].sort(),
  );
});

test('libraries are named in the order in which they need each other', async () => {
  const { before } = (await install()).engine;
  const place = (name: string) => before.findIndex((path) => path.endsWith(name));
  expect(place('libcudart.so.13')).toBe(0);
  expect(place('libcublasLt.so.13')).toBeLessThan(place('libcublas.so.13'));
  expect(before.at(-1)).toMatch(/libcudnn\.so\.9$/);
});

test('without a card, or on another platform, it is said why not, before anything is fetched', async () => {
  const old = await world.script('old-driver', 'echo "Tesla T4, 535.1, 15000"');
  expect(await complaint({ programs: { ...world.programs, nvidiaSmi: old } })).toMatch(
    /^ONNX Runtime's CUDA provider cannot be installed here\. .*535\.1 is too old/,
  );
  expect(await complaint({ programs: { ...world.programs, nvidiaSmi: join(folder, 'none') } })).toMatch(
    /driver is not installed/,
  );
  expect(await complaint({ machine: { platform: 'darwin', arch: 'arm64' } })).toMatch(/for Linux x64, not for darwin/);
});

test('for another machine neither a card nor a test is needed', async () => {
  const programs = { ...world.programs, nvidiaSmi: join(folder, 'none'), node: join(folder, 'none') };
  const { engine, test: tested } = await install({ programs, elsewhere: true });
  expect(tested).toBeUndefined();
  expect(engine.library).toBe(version);
});

test('a wheel that lacks a library is refused, and so is a card that computes wrong values', async () => {
  const cudnn = Object.keys(WHEELS).find((name) => name.includes('cudnn'))!;
  const node = await world.script('wrong', 'echo "Error: a convolution gives a wrong value" >&2; exit 1');
  expect(await complaint({ programs: { ...world.programs, node } })).toMatch(/a convolution gives a wrong value/);
  await writeFile(join(folder, cudnn), zipSync({ 'nvidia/cudnn/lib/libcudnn_ops.so.9': strToU8('ops') }));
  expect(await complaint({})).toMatch(/libcudnn\.so\.9: not in onnxruntime_gpu-/);
});
