import * as ort from 'onnxruntime-node';

/**
 * A session on the processor. Numbers too small to matter count as zero, because processors take many times as long over them; ONNX Runtime takes this
 * setting for the calling thread from the process's first session alone, so every session must be made here.
 *
 * ONNX Runtime fuses padding into the pooling that follows and then refuses it where the padding is as wide as the window: that fusion is off.
 */
export function createSession(
  model: Uint8Array,
  profiling: Pick<ort.InferenceSession.SessionOptions, 'enableProfiling' | 'profileFilePrefix'> = {},
): Promise<ort.InferenceSession> {
  return ort.InferenceSession.create(model, {
    executionProviders: ['cpu'],
    graphOptimizationLevel: 'all',
    logSeverityLevel: 4,
    ...profiling,
    extra: { session: { set_denormal_as_zero: '1' }, optimization: { disable_specified_optimizers: 'Pad_Fusion' } },
  });
}
