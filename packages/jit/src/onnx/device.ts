/**
 * Where ONNX Runtime computes: on the processor, on a graphics card through WebGPU, or on an NVIDIA
 * card through CUDA.
 */
export type Device = 'cpu' | 'webgpu' | 'cuda';
