import type * as ort from 'onnxruntime-node';
import { NoDevice } from '../engine-errors.ts';
import type { Device } from './device.ts';

type Options = Pick<
  ort.InferenceSession.SessionOptions,
  'enableCpuMemArena' | 'enableProfiling' | 'profileFilePrefix' | 'preferredOutputLocation'
>;

/**
 * How sessions are made. Numbers too small to matter count as zero, because processors take many
 * times as long over them; ONNX Runtime takes this setting for the calling thread from the
 * process's first session alone, so every session must be made with it.
 *
 * Graphs come here as they are to be run. ONNX Runtime's own rewriting of them takes several times
 * as long as everything else in making a session, steps are not faster for it, and it refuses some
 * graphs that it has rewritten itself. Its memory pattern would be allocated beside what the first
 * run has taken.
 */
export const sessionOptions = (device: Device): ort.InferenceSession.SessionOptions => ({
  executionProviders: [device],
  graphOptimizationLevel: 'disabled',
  enableMemPattern: false,
  logSeverityLevel: 4,
  extra: { session: { set_denormal_as_zero: '1' } },
});

interface CardComplaint {
  sign: RegExp;
  advice: string;
}

/** How ONNX Runtime says that there is no card, and what to do about it. */
const NO_CARD: Record<Exclude<Device, 'cpu'>, CardComplaint> = {
  webgpu: {
    sign: /Failed to get a WebGPU (adapter|device)|WebGPU execution provider is not (supported|available)/,
    advice:
      "jit: engine 'onnx-webgpu' finds no graphics card. It needs one with a driver for Vulkan (Linux), Direct3D 12 (Windows) or Metal (macOS); " +
      "`vulkaninfo --summary` lists what Vulkan sees. Without one, use engine 'onnx'.",
  },
  cuda: {
    sign: /CUDA failure|Failed to load shared library/,
    advice:
      "jit: engine 'onnx-cuda' finds no graphics card. It needs one of NVIDIA's with driver 580 or later; `nvidia-smi` lists it. Without one, use engine 'onnx'.",
  },
};

/**
 * A session on the processor, or on `device`.
 *
 * @throws NoDevice if there is no graphics card that it could use
 */
export async function createSession(
  model: Uint8Array,
  options: Options = {},
  device: Device = 'cpu',
): Promise<ort.InferenceSession> {
  // Not before it is wanted, see `loadCuda`.
  const { InferenceSession } = await import('onnxruntime-node');
  try {
    return await InferenceSession.create(model, { ...sessionOptions(device), ...options });
  } catch (error) {
    // Not instanceof Error: a native module's errors may be of another realm.
    if (device === 'cpu' || !NO_CARD[device].sign.test((error as Error | undefined)?.message ?? '')) throw error;
    throw new NoDevice(`onnx-${device}`, NO_CARD[device].advice, { cause: error });
  }
}
