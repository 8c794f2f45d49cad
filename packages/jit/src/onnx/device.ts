/** Where ONNX Runtime computes: on the processor, or on a graphics card through WebGPU. */
export type Device = 'cpu' | 'webgpu';
