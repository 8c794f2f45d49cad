import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dataFolder } from './data-folder.ts';
import { EngineError } from './engine-error.ts';
import { engineFolder } from './engine-folder.ts';

/** What `engine.json` says about the engine in whose folder it lies. */
export interface EngineDescription {
  /** The native binding, relative to the engine's folder. */
  binding: string;
  /** Version of TensorFlow's library, e.g. `2.21.0`. */
  library: string;
  /** Whether the library can use a CUDA card. */
  gpu: boolean;
  /** Whether the binding can be asked for automatic mixed precision. */
  mixedPrecision: boolean;
}

/** An engine that is installed. `binding` is an absolute path, ready for `require` or `process.dlopen`. */
export interface InstalledEngine extends EngineDescription {
  folder: string;
}

export interface EngineLocation {
  /** Where engines are kept. Default: the user's data folder, see {@link dataFolder}. */
  data?: string;
}

const types: Record<keyof EngineDescription, string> = {
  binding: 'string',
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
  const wrong = Object.entries(types).find(([key, type]) => typeof fields[key] !== type);
  return wrong && `has no ${wrong[1]} "${wrong[0]}"`;
}

/**
 * The TensorFlow engine that is installed for this user, if there is one. Looks at two files, loads nothing.
 *
 * @throws EngineError if there is one but its description or its binding is broken
 */
export function findEngine({ data = dataFolder() }: EngineLocation = {}): InstalledEngine | undefined {
  const folder = engineFolder(data);
  if (!existsSync(folder)) return undefined;
  const again = 'Run `segsde engine remove tensorflow` and `segsde engine install tensorflow`.';
  const file = join(folder, 'engine.json');
  if (!existsSync(file))
    throw new EngineError(`${file}: is missing, so the engine in this folder is unusable. ${again}`);
  const text = readFileSync(file, 'utf8');
  const problem = problemOf(text);
  if (problem) throw new EngineError(`${file}: ${problem}. ${again}`);
  const description = JSON.parse(text) as EngineDescription;
  const binding = join(folder, description.binding);
  if (!existsSync(binding)) throw new EngineError(`${binding}: the engine's binding is missing. ${again}`);
  return { ...description, binding, folder };
}
