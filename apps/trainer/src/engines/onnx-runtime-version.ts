import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** Of the ONNX Runtime that `@segsde/jit` uses. */
export function onnxRuntimeVersion(): string {
  const ofJit = createRequire(require.resolve('@segsde/jit'));
  return (ofJit('onnxruntime-node/package.json') as { version: string }).version;
}
