import type { Engine } from '@segsde/jit';
import { findEngine, testEngine } from '@segsde/native-engines';
import { onnxRuntimeVersion } from './onnx-runtime-version.ts';

/** Library, version and device of an engine that works. @throws EngineError if TensorFlow's library does not do what it should */
export async function describeEngine(engine: Engine): Promise<string> {
  if (engine === 'tensorflow') {
    const installed = findEngine('tensorflow')!;
    const { library, gpu } = await testEngine(installed);
    const where = gpu ? 'a CUDA card' : installed.gpu ? 'the CPU: it finds no CUDA card' : 'the CPU';
    return `TensorFlow ${library} on ${where}`;
  }
  const device = engine === 'onnx' ? 'the CPU' : engine === 'onnx-cuda' ? 'a CUDA card' : 'a graphics card';
  return `ONNX Runtime ${onnxRuntimeVersion()} on ${device}`;
}
