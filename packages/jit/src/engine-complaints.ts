import type { CompiledFunction } from './compiled-function.ts';
import type { Target } from './targets.ts';
import type { Engine } from './targets.ts';
import { NoDevice, OutOfMemory } from './engine-errors.ts';

/** What an engine's library says in its errors. */
interface Complaints {
  outOfMemory: RegExp;
  /** Said when a function is compiled, and what to do about it. */
  noDevice?: { sign: RegExp; advice: string };
}

/**
 * ONNX Runtime: its arena, with some memory left that is too little, or with none; C++'s own
 * allocation, as GCC and as Microsoft call it; `CUDA failure 2: out of memory`; for WebGPU Dawn's
 * `Out of memory` and the drivers', such as VK_ERROR_OUT_OF_DEVICE_MEMORY. JavaScript allocates
 * the results of processors.
 */
const ONNX_RUNTIME =
  /failed to allocate memory|available memory of .* is smaller|bad[_ ]alloc|out[ _]of[ _]((device|host)[ _])?memory|E_OUTOFMEMORY|memory allocation failed|array buffer allocation failed/i;

/**
 * TensorFlow: `OOM when allocating tensor with shape[...]`, `Allocator (GPU_0_bfc) ran out of
 * memory`, CUDA_ERROR_OUT_OF_MEMORY; C++'s own allocation, and JavaScript's.
 */
const TENSORFLOW =
  /OOM when allocating|out[ _]of[ _]memory|failed to allocate memory|bad[_ ]alloc|memory allocation failed|array buffer allocation failed/i;

const complaints: Record<Engine, Complaints> = {
  onnx: { outOfMemory: ONNX_RUNTIME },
  'onnx-webgpu': {
    outOfMemory: ONNX_RUNTIME,
    noDevice: {
      sign: /Failed to get a WebGPU (adapter|device)|WebGPU execution provider is not (supported|available)/,
      advice:
        'It needs one with a driver for Vulkan (Linux), Direct3D 12 (Windows) or Metal (macOS); ' +
        '`vulkaninfo --summary` lists what Vulkan sees.',
    },
  },
  'onnx-cuda': {
    outOfMemory: ONNX_RUNTIME,
    noDevice: {
      sign: /CUDA failure|Failed to load shared library/,
      advice: "It needs one of NVIDIA's with driver 580 or later; `nvidia-smi` lists it.",
    },
  },
  tensorflow: { outOfMemory: TENSORFLOW },
  // TensorFlow.js's backend may be @tensorflow/tfjs-node.
  eager: { outOfMemory: TENSORFLOW },
};

/**
 * An error of an engine's library as one of ours; all others come back as they are.
 *
 * @param compiling whether a function is being compiled, rather than run
 */
export function inOurWords(engine: Engine, error: unknown, compiling: boolean): unknown {
  // Not instanceof Error: a native module's errors may be of another realm.
  const said = (error as Error | undefined)?.message ?? '';
  const { outOfMemory, noDevice } = complaints[engine];
  if (outOfMemory.test(said)) {
    return new OutOfMemory(
      engine,
      `jit: engine '${engine}' has not enough memory (${said}). Use smaller inputs, or fewer at once.`,
      { cause: error },
    );
  }
  if (compiling && noDevice?.sign.test(said)) {
    return new NoDevice(
      engine,
      `jit: engine '${engine}' finds no graphics card. ${noDevice.advice} Without one, use engine 'onnx'.`,
      { cause: error },
    );
  }
  return error;
}

/** Runs `work`. @throws what it throws, see {@link inOurWords} */
export async function complainingFor<T>(engine: Engine, work: () => Promise<T>, compiling = false): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw inOurWords(engine, error, compiling);
  }
}

/** A target whose errors, and those of the functions that it compiles, are ours. */
export const complainingTarget =
  (engine: Engine, compile: Target): Target =>
  async (graph, options) => {
    const { run, runSeries, explain, release } = await complainingFor(engine, () => compile(graph, options), true);
    return {
      run: (inputs) => complainingFor(engine, () => run(inputs)),
      ...(runSeries && { runSeries: (series) => complainingFor(engine, () => runSeries(series)) }),
      ...(explain && { explain: (inputs) => complainingFor(engine, () => explain(inputs)) }),
      release,
    } satisfies CompiledFunction;
  };
