import { complainingTarget } from './engine-complaints.ts';
import type { CompiledFunction } from './compiled-function.ts';
import type { Graph } from './graph.ts';
import type { Device } from './onnx/device.ts';
import type { HalfPrecision } from './tensorflow/in-half-precision.ts';

/**
 * `onnx`: compiled for ONNX Runtime; `onnx-webgpu`: the same on a graphics card of any make,
 * through WebGPU; `onnx-cuda`: on an NVIDIA card, through CUDA libraries that must be installed;
 * `tensorflow`: compiled for TensorFlow's native library, which must be installed; `eager`: run as
 * it is on TensorFlow.js's current backend.
 */
export type Engine = 'onnx' | 'onnx-cuda' | 'onnx-webgpu' | 'tensorflow' | 'eager';

/** Compiles a graph. @throws if the engine is not there, or lacks a kernel */
export type Target = (graph: Graph, options?: { mixedPrecision?: HalfPrecision }) => Promise<CompiledFunction>;

const onnxTarget =
  (device: Device): Target =>
  async (graph) =>
    (await import('./onnx/run-program.ts')).onnxFunction(graph, device);

/** Libraries are loaded when they are wanted; which of its own ONNX Runtime takes is settled then. */
export const targets: Record<Exclude<Engine, 'eager'>, Target> = {
  onnx: complainingTarget('onnx', onnxTarget('cpu')),
  'onnx-webgpu': complainingTarget('onnx-webgpu', onnxTarget('webgpu')),
  'onnx-cuda': complainingTarget('onnx-cuda', async (graph) => {
    (await import('./onnx/load-cuda.ts')).loadCuda();
    return onnxTarget('cuda')(graph);
  }),
  tensorflow: complainingTarget('tensorflow', async (graph, options) =>
    (await import('./tensorflow/tensorflow-function.ts')).tensorflowFunction(graph, options),
  ),
};
