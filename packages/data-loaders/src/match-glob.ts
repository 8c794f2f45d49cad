const escapeLiteral = (text: string) => text.replace(/[.+^$()|\\{}]/g, '\\$&');

const toRegExp = (pattern: string): string =>
  pattern
    .split(/(\*\*\/|\*\*|\*|\?|\[[^\]]*\]|\{[^{}]*\})/)
    .map((part) => {
      if (part === '**/') return '((?:[^/]+/)*)';
      if (part === '**') return '(.*)';
      if (part === '*') return '([^/]*)';
      if (part === '?') return '([^/])';
      if (part.startsWith('[')) return `(${part.replace('[!', '[^')})`;
      if (part.startsWith('{') && part.endsWith('}')) {
        return `(?:${part.slice(1, -1).split(',').map(toRegExp).join('|')})`;
      }
      return escapeLiteral(part);
    })
    .join('');

/**
 * What the wildcards of a glob stand for in a path, so that files of two globs can be paired; alternatives in braces do not count.
 *
 * @returns undefined if the path does not match
 */
export function matchGlob(pattern: string, path: string): string[] | undefined {
  const match = new RegExp(`^${toRegExp(pattern)}$`).exec(path);
  return match ? match.slice(1).map((part) => part ?? '') : undefined;
}
