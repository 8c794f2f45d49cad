import type { DataType, KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import { KERNELS } from './index.ts';

type KernelFunc = KernelConfig['kernelFunc'];
type Inputs = Readonly<Record<string, TensorInfo | undefined>>;

/** Where kernel calls are written down. */
export interface KernelRecorder {
  /** Writes down a call of one of {@link KERNELS} and returns tensors that stand for its results. */
  record(kernel: string, inputs: Inputs, attrs: unknown): TensorInfo[];
  /** A tensor of one axis with known values. */
  constant(values: Float32Array | Int32Array, dtype: DataType): TensorInfo;
}

interface FusedAttrs {
  activation?: string | null;
  leakyreluAlpha?: number;
}

const ACTIVATIONS: Record<string, string> = {
  relu: 'Relu',
  relu6: 'Relu6',
  elu: 'Elu',
  sigmoid: 'Sigmoid',
  leakyrelu: 'LeakyRelu',
  prelu: 'Prelu',
};

/** Kernels that are recorded as several others. */
function compositions({ record, constant }: KernelRecorder): Record<string, KernelFunc> {
  const call = (kernel: string, inputs: Inputs, attrs: unknown = {}) => record(kernel, inputs, attrs)[0];
  const fused =
    (kernel: string, names: [string, string]): KernelFunc =>
    ({ inputs, attrs }) => {
      const { activation, leakyreluAlpha } = attrs as FusedAttrs;
      let result = call(kernel, { [names[0]]: inputs[names[0]], [names[1]]: inputs[names[1]] }, attrs);
      if (inputs.bias) result = call('Add', { a: result, b: inputs.bias as TensorInfo });
      if (!activation || activation === 'linear') return result;
      return call(
        ACTIVATIONS[activation],
        activation === 'prelu' ? { x: result, alpha: inputs.preluActivationWeights as TensorInfo } : { x: result },
        {
          alpha: leakyreluAlpha ?? 0.2,
        },
      );
    };
  return {
    FusedConv2D: fused('Conv2D', ['x', 'filter']),
    _FusedMatMul: fused('BatchMatMul', ['a', 'b']),
    Range: ({ attrs }) => {
      const { start, stop, step, dtype } = attrs as unknown as {
        start: number;
        stop: number;
        step: number;
        dtype?: DataType;
      };
      const count = Math.max(0, Math.ceil((stop - start) / step));
      const at = (_: unknown, i: number) => start + i * step;
      return constant(
        dtype === 'int32' ? Int32Array.from({ length: count }, at) : Float32Array.from({ length: count }, at),
        dtype ?? 'float32',
      );
    },
    LinSpace: ({ attrs }) => {
      const { start, stop, num } = attrs as unknown as { start: number; stop: number; num: number };
      return constant(
        Float32Array.from({ length: num }, (_, i) => start + (i * (stop - start)) / Math.max(num - 1, 1)),
        'float32',
      );
    },
  };
}

/** What to register with TensorFlow.js for a backend that records: a function for each kernel, by the kernel's name. */
export function kernelFunctions(recorder: KernelRecorder): Record<string, KernelFunc> {
  const direct =
    (kernel: string): KernelFunc =>
    ({ inputs, attrs }) => {
      const outputs = recorder.record(kernel, inputs as Inputs, attrs);
      return outputs.length === 1 ? outputs[0] : outputs;
    };
  const kernels = Object.keys(KERNELS).map((kernel) => [kernel, direct(kernel)] as const);
  return { ...Object.fromEntries(kernels), ...compositions(recorder) };
}
