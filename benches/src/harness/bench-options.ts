import { parseArgs } from 'node:util';
import type { Engine } from '@segsde/jit';

export interface BenchOptions {
  /** Print the result alone. */
  json: boolean;
  /** What runs our side. */
  engine: Engine;
}

const ENGINES = ['onnx', 'onnx-webgpu', 'tensorflow'];

/**
 * A bench's command line: `[--json] [--engine onnx|onnx-webgpu|tensorflow]`.
 *
 * @throws on anything else, saying what there is
 */
export function benchOptions(args: string[]): BenchOptions {
  const { values } = parseArgs({
    args,
    options: { json: { type: 'boolean', default: false }, engine: { type: 'string', default: 'onnx' } },
  });
  if (!ENGINES.includes(values.engine)) {
    throw new Error(`--engine ${values.engine}: there is no such engine; one of: ${ENGINES.join(', ')}`);
  }
  return { json: values.json, engine: values.engine as Engine };
}
