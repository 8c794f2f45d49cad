/** A tensor as it lies in a file: PyTorch's layout, row-major. */
export type StoredTensor =
  | { dtype: 'F32'; shape: number[]; data: Float32Array }
  | { dtype: 'I32'; shape: number[]; data: Int32Array }
  | { dtype: 'U8'; shape: number[]; data: Uint8Array }
  | { dtype: 'I64'; shape: number[]; data: BigInt64Array };

export const storedArrays = { F32: Float32Array, I32: Int32Array, U8: Uint8Array, I64: BigInt64Array };
