import type * as ort from 'onnxruntime-node';
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

/**
 * A session on the processor, or on `device`.
 */
export async function createSession(
  model: Uint8Array,
  options: Options = {},
  device: Device = 'cpu',
): Promise<ort.InferenceSession> {
  // Not before it is wanted, see `loadCuda`.
  const { InferenceSession } = await import('onnxruntime-node');
  return InferenceSession.create(model, { ...sessionOptions(device), ...options });
}
