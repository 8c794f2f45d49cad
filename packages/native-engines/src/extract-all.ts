import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { EngineError } from './engine-error.ts';
import { extractFromWheel, type ExtractOptions } from './extract-from-wheel.ts';

/**
 * Writes the wanted files of some wheels below a folder.
 *
 * @param needed files that must be there afterwards
 * @throws EngineError if one is in none of the wheels, or a wheel is damaged
 */
export async function extractAll(
  wheels: readonly string[],
  folder: string,
  { needed, ...options }: ExtractOptions & { needed: readonly string[] },
): Promise<void> {
  for (const wheel of wheels) await extractFromWheel(wheel, folder, options);
  const lacking = needed.filter((file) => !existsSync(join(folder, file)));
  if (lacking.length === 0) return;
  const names = wheels.map((wheel) => basename(wheel)).join(', ') || 'what pip found';
  throw new EngineError(`${lacking.map((file) => basename(file)).join(', ')}: not in ${names}`);
}
