import type { DataType, KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import type { Calls, Inputs } from './compositions.ts';
import { COMPOSITIONS } from './compositions.ts';
import { KERNELS } from './index.ts';

type KernelFunc = KernelConfig['kernelFunc'];

/** Where kernel calls are written down. */
export interface KernelRecorder {
  /**
   * Writes down a call of one of {@link KERNELS} and returns tensors that stand for its results.
   */
  record(kernel: string, inputs: Inputs, attrs: unknown): TensorInfo[];
  /** A tensor with known values. */
  constant(values: Float32Array | Int32Array, shape: readonly number[], dtype: DataType): TensorInfo;
}

/** Kernels whose result is a list even where it has one element. */
const LISTS = ['SplitV', 'Unpack'];

/**
 * What to register with TensorFlow.js for a backend that records: a function for each kernel, by
 * the kernel's name.
 */
export function kernelFunctions(recorder: KernelRecorder): Record<string, KernelFunc> {
  const direct =
    (kernel: string): KernelFunc =>
    ({ inputs, attrs }) => {
      const outputs = recorder.record(kernel, inputs as Inputs, attrs);
      return outputs.length === 1 && !LISTS.includes(kernel) ? outputs[0] : outputs;
    };
  const calls: Calls = {
    call: (kernel, inputs, attrs = {}) => recorder.record(kernel, inputs, attrs)[0],
    constant: (values, shape, dtype) => recorder.constant(values, shape, dtype),
  };
  const composed =
    (kernel: string): KernelFunc =>
    ({ inputs, attrs }) =>
      COMPOSITIONS[kernel](inputs as Inputs, attrs as never, calls);
  return Object.fromEntries([
    ...Object.keys(KERNELS).map((kernel) => [kernel, direct(kernel)]),
    ...Object.keys(COMPOSITIONS).map((kernel) => [kernel, composed(kernel)]),
  ]) as Record<string, KernelFunc>;
}
