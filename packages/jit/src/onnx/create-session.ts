import * as ort from 'onnxruntime-node';

/**
 * A session on the processor. Numbers too small to matter count as zero, because processors take many times as long over them; ONNX Runtime takes this
 * setting for the calling thread from the process's first session alone, so every session must be made here.
 *
 * Graphs come here as they are to be run. ONNX Runtime's own rewriting of them takes several times as long as everything else in making a session, steps are
 * not faster for it, and it refuses some graphs that it has rewritten itself. Its memory pattern would be allocated beside what the first run has taken.
 */
export function createSession(
  model: Uint8Array,
  options: Pick<
    ort.InferenceSession.SessionOptions,
    'enableCpuMemArena' | 'enableProfiling' | 'profileFilePrefix'
  > = {},
): Promise<ort.InferenceSession> {
  return ort.InferenceSession.create(model, {
    executionProviders: ['cpu'],
    graphOptimizationLevel: 'disabled',
    enableMemPattern: false,
    logSeverityLevel: 4,
    ...options,
    extra: { session: { set_denormal_as_zero: '1' } },
  });
}
