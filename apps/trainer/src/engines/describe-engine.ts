import type { Engine } from '@segsde/jit';
import { findEngine, testEngine } from '@segsde/tensorflow-engine';
import { onnxRuntimeVersion } from './onnx-runtime-version.ts';

/** Library, version and device of an engine that works. @throws EngineError if TensorFlow's library does not do what it should */
export async function describeEngine(engine: Engine): Promise<string> {
  if (engine === 'tensorflow') {
    const installed = findEngine()!;
    const { library, gpu } = await testEngine(installed);
    const where = gpu ? 'a CUDA card' : installed.gpu ? 'the CPU: it finds no CUDA card' : 'the CPU';
    return `TensorFlow ${library} on ${where}`;
  }
  return `ONNX Runtime ${onnxRuntimeVersion()} on ${engine === 'onnx' ? 'the CPU' : 'a graphics card'}`;
}
