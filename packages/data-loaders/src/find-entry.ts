import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

const ascii = /^[\0-\x7f]*$/;

/**
 * The path under which a file or folder exists: as given, or with its name's umlauts and accents in
 * Unicode's other form (composed or decomposed: names change between them on their way over macOS
 * and archives).
 */
export function findEntry(path: string): string | undefined {
  if (existsSync(path)) return path;
  if (ascii.test(path)) return undefined;
  const folder = dirname(path);
  if (folder === path) return undefined;
  const found = findEntry(folder);
  if (found === undefined) return undefined;
  const name = basename(path).normalize();
  if (found !== folder && existsSync(join(found, basename(path)))) return join(found, basename(path));
  if (ascii.test(name)) return undefined;
  let names: string[];
  try {
    names = readdirSync(found);
  } catch {
    return undefined; // a file in the place of a folder
  }
  const same = names.find((other) => other.normalize() === name);
  return same === undefined ? undefined : join(found, same);
}
