import { nchwToNhwc, type Values } from './layout.ts';

/** The images of a batch one by one, channels last. */
export function perImage(values: Values): ArrayLike<number>[] {
  const { data, shape } = values.shape.length === 4 ? nchwToNhwc(values) : values;
  const size = data.length / shape[0];
  return Array.from({ length: shape[0] }, (_, n) => Float32Array.from({ length: size }, (_, i) => data[n * size + i]));
}
