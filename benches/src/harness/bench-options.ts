import { parseArgs } from 'node:util';
import type { Engine } from '@segsde/jit';

export interface BenchOptions {
  /** Print the result alone. */
  json: boolean;
  /** What runs our side. */
  engine: Engine;
  /** Numbers in which convolutions and matrix products of our side compute. */
  precision: 'float32' | 'bfloat16';
}

const ENGINES = ['onnx', 'onnx-webgpu', 'onnx-cuda', 'tensorflow'];
const PRECISIONS = ['float32', 'bfloat16'];

const named = (option: string, value: string, known: string[]) => {
  if (!known.includes(value)) throw new Error(`--${option} ${value}: unknown; one of: ${known.join(', ')}`);
  return value;
};

/**
 * A bench's command line: `[--json] [--engine onnx|onnx-webgpu|onnx-cuda|tensorflow] [--precision
 * float32|bfloat16]`.
 *
 * @throws on anything else, saying what there is
 */
export function benchOptions(args: string[]): BenchOptions {
  const { values } = parseArgs({
    args,
    options: {
      json: { type: 'boolean', default: false },
      engine: { type: 'string', default: 'onnx' },
      precision: { type: 'string', default: 'float32' },
    },
  });
  const engine = named('engine', values.engine, ENGINES) as Engine;
  const precision = named('precision', values.precision, PRECISIONS) as BenchOptions['precision'];
  if (precision !== 'float32' && engine !== 'tensorflow')
    throw new Error(`--precision ${precision}: needs --engine tensorflow`);
  return { json: values.json, engine, precision };
}
