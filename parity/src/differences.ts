import type { WeightOptions } from './load-weights.ts';
import type { TableRow } from './manifest.ts';
import { weightValues } from './weight-values.ts';

/** Values of a table's rows before the first step, in PyTorch's layout. */
export const startValues = (rows: TableRow[], { prefix, scale = {} }: WeightOptions): Float32Array[] =>
  rows.map(({ key, shape }) => weightValues(key, shape, { prefix, scale: scale[key] }));

/** How far each tensor has moved. */
export const differences = (after: ArrayLike<number>[], before: ArrayLike<number>[]): Float64Array[] =>
  after.map((values, p) => Float64Array.from(values, (value, i) => value - before[p][i]));
