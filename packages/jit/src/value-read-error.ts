import { userLine } from './user-line.ts';

/** A value is asked for where none exists. */
export function valueReadError(): Error {
  return new Error(
    `jit: a tensor's value is read inside a traced function${userLine()}, where tensors have no values yet (dataSync, arraySync, data, print, or a branch on one). ` +
      "Return the tensor and read it outside, or run this function with engine: 'eager'.",
  );
}
