import { dispose, type TensorContainer } from '@tensorflow/tfjs-core';

/** Frees every tensor of a step's input or result. */
export function disposeBatch(batch: object): void {
  dispose(Object.values(batch) as TensorContainer[]);
}
