import { expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import { add, ones, sum, type Tensor, type Tensor2D, tensor2d } from '@tensorflow/tfjs-core';
import type { CompiledFunction } from './compiled-function.ts';
import { jit } from './jit.ts';
import { complainingTarget } from './engine-complaints.ts';
import type { Engine } from './targets.ts';
import { NoDevice, OutOfMemory } from './engine-errors.ts';

const graph = { inputs: [], constants: [], states: [], nodes: [], outputs: [] };
const fail = (message: string) => async () => {
  throw new Error(message);
};

/** What a function throws whose library says `message` while it is compiled. */
const compiling = (engine: Engine, message: string): Promise<unknown> =>
  complainingTarget(
    engine,
    fail(message),
  )(graph).then(
    () => undefined,
    (error: unknown) => error,
  );

/** What each way to run a function throws where its library says `message`. */
async function running(engine: Engine, message: string): Promise<unknown[]> {
  const compiled: CompiledFunction = {
    run: fail(message),
    runSeries: fail(message),
    explain: fail(message),
    release: async () => undefined,
  };
  const { run, runSeries, explain } = await complainingTarget(engine, async () => compiled)(graph);
  return Promise.all(
    [run([]), runSeries!([[]]), explain!([])].map((call) =>
      call.then(
        () => undefined,
        (error: unknown) => error,
      ),
    ),
  );
}

const ARENA = 'Non-zero status code returned while running Conv node. bfc_arena.cc:376 onnxruntime::BFCArena';

test.each<[Engine, string]>([
  ['onnx', `${ARENA}::AllocateRawInternal Failed to allocate memory for requested buffer of size 67108864`],
  ['onnx', 'std::bad_alloc'],
  ['onnx', 'bad allocation'],
  ['onnx', 'Array buffer allocation failed'],
  ['onnx-cuda', 'BFCArena::AllocateRawInternal Available memory of 1024 is smaller than requested bytes of 4096'],
  ['onnx-cuda', 'CUDA failure 2: out of memory ; GPU=0 ; hostname=a ; expr=cudaMalloc((void**)&p, size)'],
  ['onnx-webgpu', 'WebGPU device error(2): Out of memory'],
  ['onnx-webgpu', 'vkAllocateMemory failed with VK_ERROR_OUT_OF_DEVICE_MEMORY'],
  ['tensorflow', 'OOM when allocating tensor with shape[8,512,64,64] and type float on /device:GPU:0'],
  ['tensorflow', 'Allocator (GPU_0_bfc) ran out of memory trying to allocate 2.00GiB'],
  ['tensorflow', 'failed to allocate memory'],
  ['tensorflow', 'std::bad_alloc'],
  ['eager', 'OOM when allocating tensor with shape[8,512,64,64] and type float'],
])('%s has not enough memory where its library says: %s', async (engine, message) => {
  for (const error of [await compiling(engine, message), ...(await running(engine, message))]) {
    if (!(error instanceof OutOfMemory)) throw error;
    expect(error).toMatchObject({ name: 'OutOfMemory', engine, cause: new Error(message) });
    expect(error.message).toContain(`engine '${engine}' has not enough memory (${message})`);
  }
});

test.each<[Engine, string, RegExp]>([
  ['onnx-webgpu', 'Failed to get a WebGPU adapter: No supported adapters', /Vulkan .*vulkaninfo --summary/],
  ['onnx-webgpu', 'WebGPU execution provider is not supported in this build.', /engine 'onnx'\.$/],
  ['onnx-cuda', 'CUDA failure 100: no CUDA-capable device is detected ; GPU=-1', /driver 580 or later/],
  ['onnx-cuda', 'Failed to load shared library libonnxruntime_providers_cuda.so', /nvidia-smi/],
])('%s finds no card where its library says so in compiling: %s', async (engine, message, advice) => {
  const error = await compiling(engine, message);
  if (!(error instanceof NoDevice)) throw error;
  expect(error).toMatchObject({ name: 'NoDevice', engine, cause: new Error(message) });
  expect(error.message).toContain(`engine '${engine}' finds no graphics card`);
  expect(error.message).toMatch(advice);
});

test('a card that fails in a run has been there', async () => {
  const message = 'CUDA failure 700: an illegal memory access was encountered';
  for (const error of await running('onnx-cuda', message)) {
    expect(error).toEqual(new Error(message));
    expect(error).not.toBeInstanceOf(NoDevice);
  }
});

test.each<Engine>(['onnx', 'onnx-webgpu', 'onnx-cuda', 'tensorflow', 'eager'])(
  'other errors of %s stay what they are',
  async (engine) => {
    const message = 'shapes do not match';
    for (const error of [await compiling(engine, message), ...(await running(engine, message))]) {
      expect(error).toEqual(new Error(message));
      expect(error).toHaveProperty('name', 'Error');
    }
  },
);

test('what is not an error stays what it is, too', async () => {
  const target = complainingTarget('onnx', () => Promise.reject(undefined));
  await expect(target(graph)).rejects.toBeUndefined();
});

test('a compiled function lacks what its target lacks', async () => {
  const run = async (inputs: readonly Tensor[]) => [...inputs];
  const target = complainingTarget('onnx', async () => ({ run, release: async () => undefined }));
  expect(Object.keys(await target(graph)).sort()).toEqual(['release', 'run']);
});

test('a step that no machine has the memory for is OutOfMemory', async () => {
  // 2^46 sums of 4 bytes: more than processors can address.
  const all = jit(({ x, y }: Record<'x' | 'y', Tensor2D>) => sum(add(x, y)));
  const [x, y] = [ones([2 ** 23, 1]), ones([1, 2 ** 23])] as Tensor2D[];
  await expect(all({ x, y })).rejects.toThrow(OutOfMemory);
  await all.dispose();
});

test('onnx-webgpu runs, or says that there is no device', async () => {
  const twice = jit(({ x }: { x: Tensor2D }) => add(x, x), { engine: 'onnx-webgpu' });
  const result = await twice({ x: tensor2d([[1, 2]]) }).then(
    (sum) => sum.dataSync(),
    (error: unknown) => error,
  );
  await twice.dispose();
  if (result instanceof Error) expect(result).toBeInstanceOf(NoDevice);
  else expect(result).toEqual(Float32Array.of(2, 4));
});
