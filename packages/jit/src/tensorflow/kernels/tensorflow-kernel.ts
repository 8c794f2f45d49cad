import type { KernelCall } from '../../kernels/kernel.ts';
import type { GraphDefBuilder } from '../graph-def-builder.ts';

/**
 * How TensorFlow says a TensorFlow.js kernel: takes the names of its inputs, returns those of its
 * outputs.
 */
export type TensorflowKernel<Attrs = never> = (
  names: Readonly<Record<string, string>>,
  call: KernelCall<Attrs>,
  tf: GraphDefBuilder,
) => string | string[];

export type TensorflowKernelTable = Readonly<Record<string, TensorflowKernel>>;
