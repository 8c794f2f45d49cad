/** Number of insertions, removals, replacements and swaps of neighbours that turn `a` into `b`. */
function distance(a: string, b: string): number {
  const rows = Array.from({ length: a.length + 1 }, (_, i) => [i, ...Array<number>(b.length).fill(0)]);
  for (let j = 1; j <= b.length; j++) rows[0][j] = j;
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const replaced = rows[i - 1][j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      rows[i][j] = Math.min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, replaced);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        rows[i][j] = Math.min(rows[i][j], rows[i - 2][j - 2] + 1);
      }
    }
  }
  return rows[a.length][b.length];
}

/** The known names, most similar first. */
export function byNearness(name: string, known: Iterable<string>): string[] {
  const cost = (candidate: string) => distance(name.toLowerCase(), candidate.toLowerCase());
  return [...known].sort((a, b) => cost(a) - cost(b) || a.localeCompare(b));
}

/** The most similar known name, if it is similar enough to be a slip of the hand. */
export function nearestName(name: string, known: Iterable<string>): string | undefined {
  const [nearest] = byNearness(name, known);
  if (nearest === undefined) return undefined;
  const cost = distance(name.toLowerCase(), nearest.toLowerCase());
  return cost <= Math.max(1, Math.ceil(name.length / 2)) ? nearest : undefined;
}

/** `known: "a", "b"`, most similar first. */
export function knownNames(name: string, known: Iterable<string>): string {
  return `known: ${byNearness(name, known)
    .map((candidate) => `"${candidate}"`)
    .join(', ')}`;
}
