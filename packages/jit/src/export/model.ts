import type { onnx } from 'onnx-proto';

/** The numbers of a constant or a weight. */
export interface Initializer {
  readonly dims: readonly number[];
  /** ONNX's element type. */
  readonly type: number;
  /** Little-endian. */
  readonly data: Uint8Array;
  /**
   * The variable behind it, or the scope that its variables share and the operation that made one
   * number out of them; undefined where no variable is.
   */
  readonly origin?: string;
}

export interface ModelNode {
  /** Empty until the model's parts get their readable names. */
  readonly name?: string;
  readonly opType: string;
  /** '' for ONNX's own operators. */
  readonly domain: string;
  /** Names; '' where an optional input is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: readonly onnx.IAttributeProto[];
  /** The TensorFlow.js kernel that it was lowered from. */
  readonly kernel: string;
}

/** A tensor at the edge of a model. */
export interface Port {
  /** What users call it. */
  readonly name: string;
  /** The value behind it inside the model. */
  readonly value: string;
  /** ONNX's element type; undefined where it follows from the nodes. */
  readonly type: number | undefined;
  /** A name for sizes that are open, null for an open size that has no name. */
  readonly dims: readonly (number | string | null)[];
}

/** An ONNX model as plain data, nodes in execution order. Passes take one and return another. */
export interface Model {
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  readonly initializers: ReadonlyMap<string, Initializer>;
  readonly nodes: readonly ModelNode[];
}
