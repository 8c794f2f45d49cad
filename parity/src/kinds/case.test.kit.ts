/* Cases of a test's own making, for adapters. */
import type { Engine } from '@segsde/jit';
import type { Context, Outputs } from '../context.ts';
import { hashUniform } from '../hash.ts';
import type { Values } from '../layout.ts';
import type { OutputRow, TableRow } from '../manifest.ts';

export interface CaseParts {
  kind: string;
  options: Record<string, unknown>;
  /** In PyTorch's layout. */
  inputs?: Record<string, Values>;
  /** Names and shapes of the outputs that the case lists. */
  outputs?: Record<string, number[]>;
  params?: TableRow[];
  prefix?: string;
  /** Default: TensorFlow.js in plain JavaScript, which is slow for networks. */
  engine?: Engine;
}

/** A case as an adapter gets it. It has no golden numbers; the test knows what must come out. */
export function caseOf({
  kind,
  options,
  inputs = {},
  outputs = {},
  params,
  prefix = '',
  engine = 'eager',
}: CaseParts): Context {
  const find = (name: string): Values => {
    if (!Object.hasOwn(inputs, name)) throw new Error(`The test has no input ${name}.`);
    return inputs[name];
  };
  return {
    engine,
    case: {
      ...{ name: 'own', kind, variant: 'own', file: 'none', options, info: {} },
      inputs: Object.entries(inputs).map(([name, { shape }]) => ({ name, dtype: 'F32', shape: [...shape] })),
      outputs: Object.entries(outputs).map(([name, shape]): OutputRow => ({
        name,
        shape,
        storage: 'full',
        tensors: [name],
        tolerance: {},
      })),
      ...(params && { weights: { table: 'own', prefix } }),
    },
    params: params ?? [],
    buffers: [],
    hasInput: (name) => Object.hasOwn(inputs, name),
    input: find,
    reference(tensor) {
      throw new Error(`The test has no golden number ${tensor}.`);
    },
    gradientWeights: (output, shape) => noise(`weights of ${output}`, [...shape]),
  };
}

/** Values that only their name decides. */
export function noise(name: string, shape: number[], { low = -1, high = 1 } = {}): Values {
  const count = shape.reduce((product, size) => product * size, 1);
  return { data: hashUniform(name, count, low, high), shape };
}

/** An output that is one tensor. */
export function numbers(output: Outputs[string]): number[] {
  const rows: (number | ArrayLike<number> | null)[] = Array.isArray(output)
    ? output
    : Array.from(output as ArrayLike<number>);
  return rows.map((value) => {
    if (typeof value !== 'number') throw new Error('The output is a list of tensors.');
    return value;
  });
}
