import type { DataType, TypedArray, Variable } from '@tensorflow/tfjs-core';

/**
 * One tensor of a traced graph. Shapes are TensorFlow.js's own (NHWC, HWIO); how a target stores
 * them is the target's affair.
 */
export interface Value {
  readonly id: number;
  readonly shape: readonly number[];
  readonly dtype: DataType;
}

/** What a function is given. */
export interface Input extends Value {
  /** Comes as bytes, whose type inside of the graph is int32. */
  readonly isBytes?: boolean;
}

/**
 * One kernel call: `kernel` is the TensorFlow.js kernel's name, inputs and attributes are named as
 * its kernel function names them.
 */
export interface Node {
  readonly kernel: string;
  readonly inputs: Readonly<Record<string, Value>>;
  readonly attrs: unknown;
  readonly outputs: readonly Value[];
}

export interface Constant {
  readonly value: Value;
  readonly data: TypedArray;
}

/**
 * A variable that the function reads or assigns. `next` is the value it has after the function,
 * undefined when it is only read.
 */
export interface State {
  readonly variable: Variable;
  readonly value: Value;
  readonly next: Value | undefined;
}

/** What one call of a function does, as a list of kernels in execution order. */
export interface Graph {
  readonly inputs: readonly Input[];
  readonly constants: readonly Constant[];
  readonly states: readonly State[];
  readonly nodes: readonly Node[];
  readonly outputs: readonly Value[];
}
