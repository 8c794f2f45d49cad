import type { DataType } from '@tensorflow/tfjs-core';
import type { Value } from '../graph.ts';
import type { Lowering } from '../onnx/lowering.ts';

export interface TensorSpec {
  shape: readonly number[];
  dtype: DataType;
}

/** One recorded call, as {@link Kernel.lower} sees it. */
export interface KernelCall<Attrs> {
  inputs: Readonly<Record<string, Value>>;
  attrs: Attrs;
  outputs: readonly Value[];
}

/**
 * What the recorder must know of a TensorFlow.js kernel: the shapes it returns and how ONNX says
 * it.
 */
export interface Kernel<Attrs = never> {
  infer(inputs: Readonly<Record<string, TensorSpec>>, attrs: Attrs): TensorSpec[];
  lower(call: KernelCall<Attrs>, to: Lowering): void;
}

export type KernelTable = Readonly<Record<string, Kernel>>;
