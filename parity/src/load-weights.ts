import type { Variable } from '@tensorflow/tfjs-core';
import { oihwToHwio } from './layout.ts';
import type { TableRow } from './manifest.ts';
import { plainTensor } from './tensors.ts';
import { weightValues } from './weight-values.ts';

/** Variables by the state-dict keys of a case's table. */
export type StateDict = ReadonlyMap<string, Variable>;

export interface WeightOptions {
  /** Goes before the keys when hashing. */
  prefix?: string;
  /** Factors for single keys. */
  scale?: Record<string, number>;
}

/** The variable of a table's row. */
export function variableOf(state: StateDict, { key }: TableRow): Variable {
  const variable = state.get(key);
  if (!variable) throw new Error(`The network has no ${key}; it has ${[...state.keys()].slice(0, 5).join(', ')}, ...`);
  return variable;
}

/** Gives every variable of the tables its value of the manifest's formula. */
export function loadWeights(state: StateDict, rows: TableRow[], { prefix = '', scale = {} }: WeightOptions = {}): void {
  for (const row of rows) {
    const values = { data: weightValues(row.key, row.shape, { prefix, scale: scale[row.key] }), shape: row.shape };
    const tensor = plainTensor(row.shape.length === 4 ? oihwToHwio(values) : values);
    variableOf(state, row).assign(tensor);
    tensor.dispose();
  }
}

/** State dicts of several networks as one, each under its prefix. */
export const joinStateDicts = (parts: Record<string, StateDict>): StateDict =>
  new Map(Object.entries(parts).flatMap(([prefix, part]) => [...part].map(([key, value]) => [prefix + key, value])));

/** Takes parameters that the reference has frozen from those that a step's gradients are of. */
export function freezeParameters(state: StateDict, rows: TableRow[]): void {
  for (const row of rows) variableOf(state, row).trainable = row.requires_grad !== false;
}
