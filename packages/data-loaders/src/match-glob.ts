import { DataError } from './data-error.ts';
import { alternatives, globTokens } from './glob-tokens.ts';

const escapeLiteral = (text: string) => text.replace(/[.+^$()|\\{}[\]]/g, '\\$&');

const toRegExp = (pattern: string): string =>
  globTokens(pattern)
    .map((token) => {
      if (token === '**/') return '((?:[^/]+/)*)';
      if (token === '**') return '(.*)';
      if (token === '*') return '([^/]*)';
      if (token === '?') return '([^/])';
      if (token.startsWith('[') && token.endsWith(']'))
        return `(${token.replaceAll('\\', '\\\\').replace('[!', '[^')})`;
      if (token.startsWith('{') && token.endsWith('}')) return `(?:${alternatives(token).map(toRegExp).join('|')})`;
      return escapeLiteral(token);
    })
    .join('');

/**
 * What the wildcards of a glob stand for in a path, so that files of two globs can be paired;
 * alternatives in braces do not count.
 *
 * Not `micromatch.capture`, which captures alternatives in braces (the endings of images differ
 * from those of their labels) and passes over `?` and `[...]`.
 *
 * @returns undefined if the path does not match
 * @throws DataError if the pattern has an impossible range, such as `[9-0]`
 */
export function matchGlob(pattern: string, path: string): string[] | undefined {
  let expression: RegExp;
  try {
    expression = new RegExp(`^${toRegExp(pattern)}$`);
  } catch {
    throw new DataError(`${pattern}: the range in square brackets is not one. Write it like [0-9] or [!0-9].`);
  }
  const match = expression.exec(path);
  return match ? match.slice(1).map((part) => part ?? '') : undefined;
}
