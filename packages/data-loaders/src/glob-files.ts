import { extname, isAbsolute, join, parse, resolve } from 'node:path';
import glob from 'fast-glob';
import { DataError } from './data-error.ts';
import { findEntry } from './find-entry.ts';
import { alternatives, globTokens, isWildcard } from './glob-tokens.ts';
import { listFolder } from './list-folder.ts';
import { matchGlob } from './match-glob.ts';

export interface GlobFile {
  /** Absolute, as it is on disk. */
  file: string;
  /** What the wildcards of the pattern stand for in it. */
  parts: string[];
}

/**
 * Everything that fast-glob takes for more than itself is escaped; accents may be in either form of
 * Unicode on disk.
 */
const forFastGlob = (pattern: string): string =>
  globTokens(pattern.normalize())
    .map((token) => {
      if (!isWildcard(token)) return glob.escapePath(token).replace(/[^\0-\x7f]+/g, '*');
      return token.startsWith('{') ? `{${alternatives(token).map(forFastGlob).join(',')}}` : token;
    })
    .join('');

/** So that a pattern for `.png` finds `.PNG`, too. */
const withLowerEnding = (pattern: string): string =>
  pattern.replace(/(?<=[.{,])(?:png|jpe?g)(?=[,}]|$)/gi, (ending) => ending.toLowerCase());
const pathWithLowerEnding = (path: string): string => {
  const ending = extname(path);
  return path.slice(0, path.length - ending.length) + ending.toLowerCase();
};

const longestList = 5;
const firstOf = (names: readonly string[]): string =>
  names.slice(0, longestList).join(', ') +
  (names.length > longestList ? ` and ${names.length - longestList} more` : '');

/**
 * Files that match a glob, sorted by path. The wildcards are those of {@link globTokens}. The first
 * folders of the pattern, up to one that does not exist as it is written, stand for themselves, so
 * that `frames [1]/*.png` finds the folder of that name.
 *
 * @param root where the pattern starts, unless it is absolute
 * @param endings that files must have, in lower case
 * @param role what messages call the pattern
 * @throws DataError saying where was searched and what was found, if no file matches
 */
export function globFiles(
  root: string,
  { pattern, endings, role }: { pattern: string; endings: readonly string[]; role: string },
): GlobFile[] {
  const start = isAbsolute(pattern) ? parse(pattern).root : '';
  const segments = pattern
    .slice(start.length)
    .split('/')
    .filter((segment) => segment !== '' && segment !== '.');
  let folder = resolve(start === '' ? root : start);
  while (segments.length > 1) {
    const next = join(folder, segments[0]);
    const found = findEntry(next);
    if (found === undefined && globTokens(segments[0]).some(isWildcard)) break;
    folder = found ?? next;
    segments.shift();
  }
  let names: string[];
  try {
    names = listFolder(folder);
  } catch (error) {
    throw error instanceof DataError ? new DataError(`${role} "${pattern}": ${error.message}`) : error;
  }

  const rest = withLowerEnding(segments.join('/')).normalize();
  const listed = rest === '' ? [] : glob.sync(forFastGlob(rest), { cwd: folder, caseSensitiveMatch: false });
  const matching = listed
    .map((path) => ({ path, parts: matchGlob(rest, pathWithLowerEnding(path).normalize()) }))
    .flatMap(({ path, parts }) => (parts ? [{ path, file: join(folder, path), parts }] : []))
    .sort((a, b) => (a.path.normalize() < b.path.normalize() ? -1 : 1));
  const files = matching.filter(({ path }) => endings.includes(extname(path).toLowerCase()));
  if (files.length > 0) return files.map(({ file, parts }) => ({ file, parts }));

  const kinds = endings.filter((ending) => ending !== '.jpeg').join(' or ');
  const found = () => {
    if (matching.length > 0) return `What matches is of other kinds: ${firstOf(matching.map(({ path }) => path))}.`;
    if (names.includes(rest))
      return `${join(folder, rest)} is a folder: write ${pattern.replace(/\/$/, '')}/*${endings[0]}.`;
    return `${folder} holds ${firstOf(names.sort()) || 'nothing'}.`;
  };
  throw new DataError(
    `${role} "${pattern}": no ${kinds} file matches ${join(folder, ...segments)}. ${found()} ` +
      'Check the path; wildcards are *, **, ?, [...] and {...}.',
  );
}
