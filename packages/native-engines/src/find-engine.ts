import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dataFolder } from './folders.ts';
import { BrokenEngine } from './errors.ts';
import { engineFolder } from './folders.ts';
import type { NativeEngine } from './folders.ts';

/** What `engine.json` says about the engine in whose folder it lies. */
export interface EngineDescription {
  /**
   * What a process loads, relative to the engine's folder: tfjs-node's binding, or ONNX Runtime's
   * library.
   */
  binding: string;
  /** Libraries that have to be loaded before it, in this order, relative to the folder. */
  before: string[];
  /** Version of TensorFlow or ONNX Runtime, e.g. `2.21.0`. */
  library: string;
  /** Whether the library can use a CUDA card. */
  gpu: boolean;
  /** Whether the binding can be asked for automatic mixed precision. */
  mixedPrecision: boolean;
}

/** An engine that is installed. `binding` and `before` are absolute paths. */
export interface InstalledEngine extends EngineDescription {
  name: NativeEngine;
  folder: string;
}

export interface EngineLocation {
  /** Where engines are kept. Default: the user's data folder, see {@link dataFolder}. */
  data?: string;
}

const types: Record<keyof EngineDescription, string> = {
  binding: 'string',
  before: 'array',
  library: 'string',
  gpu: 'boolean',
  mixedPrecision: 'boolean',
};

function problemOf(text: string): string | undefined {
  let description: unknown;
  try {
    description = JSON.parse(text);
  } catch {
    return 'is no JSON';
  }
  if (typeof description !== 'object' || description === null) return 'is no JSON object';
  const fields = description as Record<string, unknown>;
  const typeOf = (value: unknown) => (Array.isArray(value) ? 'array' : typeof value);
  const wrong = Object.entries(types).find(([key, type]) => typeOf(fields[key]) !== type);
  return wrong && `has no ${wrong[1]} "${wrong[0]}"`;
}

/**
 * An engine that is installed for this user, if it is. Looks at a few files, loads nothing.
 *
 * @throws BrokenEngine if there is one but its description is broken or a library is missing
 */
export function findEngine(
  name: NativeEngine,
  { data = dataFolder() }: EngineLocation = {},
): InstalledEngine | undefined {
  const folder = engineFolder(data, name);
  if (!existsSync(folder)) return undefined;
  const file = join(folder, 'engine.json');
  if (!existsSync(file)) throw new BrokenEngine(name, `${file}: is missing, so the engine in this folder is unusable.`);
  const text = readFileSync(file, 'utf8');
  const problem = problemOf(text);
  if (problem) throw new BrokenEngine(name, `${file}: ${problem}.`);
  const description = JSON.parse(text) as EngineDescription;
  const [binding, ...before] = [description.binding, ...description.before].map((path) => join(folder, path));
  const missing = [binding, ...before].find((path) => !existsSync(path));
  if (missing) throw new BrokenEngine(name, `${missing}: a library of the engine is missing.`);
  return { ...description, name, binding, before, folder };
}
