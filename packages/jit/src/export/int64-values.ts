import type { Initializer } from './model.ts';

/** The numbers of an int64 initializer. */
export function int64Values({ data }: Initializer): number[] {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  return Array.from({ length: data.byteLength / 8 }, (_, i) => Number(view.getBigInt64(8 * i, true)));
}
