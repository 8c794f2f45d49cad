import type { TypedArray } from '@tensorflow/tfjs-core';

/** What TensorFlow's side keeps for JavaScript: a tensor by its number. */
export type TensorId = number;

/**
 * The part of `@tensorflow/tfjs-node`'s native binding that runs graphs. Lists of names are joined
 * by commas.
 */
export interface TensorflowBinding {
  readonly TF_Version: string;
  readonly TF_ATTR_TYPE: number;
  /** Whether operations run on a graphics card. */
  isUsingGpuDevice(): boolean;
  createTensor(shape: readonly number[], dtype: number, values: TypedArray): TensorId;
  deleteTensor(id: TensorId): void;
  tensorDataSync(id: TensorId): TypedArray;
  executeOp(
    op: string,
    attributes: readonly { name: string; type: number; value: number }[],
    inputs: readonly TensorId[],
    outputCount: number,
  ): { id: TensorId }[];
  loadSavedModel(folder: string, tags: string): number;
  deleteSavedModel(session: number): void;
  runSavedModel(
    session: number,
    inputs: readonly TensorId[],
    inputNames: string,
    outputNames: string,
  ): { id: TensorId }[];
}
