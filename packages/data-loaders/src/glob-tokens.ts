/**
 * A glob cut into literal texts and wildcards: `**` (with the slash behind it), `*`, `?`, `[...]`
 * and `{...}`. Everything else, round brackets included, stands for itself, as it does in the names
 * of folders.
 */
export const globTokens = (pattern: string): string[] =>
  pattern.split(/(\*\*\/|\*\*|\*|\?|\[[^\]]*\]|\{[^{}]*\})/).filter((token) => token !== '');

/** Whether a token of {@link globTokens} stands for several texts. */
export const isWildcard = (token: string): boolean => /^(\*|\?|\[.*\]$|\{.*\}$)/s.test(token);

/** The texts that a token in braces stands for, each a glob of its own. */
export const alternatives = (token: string): string[] => token.slice(1, -1).split(',');
