const longestList = 20;

const editDistance = (a: string, b: string): number => {
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const substitution = previous[column - 1] + (a[row - 1] === b[column - 1] ? 0 : 1);
      current.push(Math.min(substitution, previous[column] + 1, current[column - 1] + 1));
    }
    previous = current;
  }
  return previous[b.length];
};

/**
 * The sentence that helps somebody who misspelt a name: the nearest known one, case aside; if none
 * is near, the known ones, as far as they are few; otherwise nothing.
 */
export function didYouMean(name: string, known: readonly string[]): string {
  let nearest = '';
  let fewest = Infinity;
  for (const candidate of known) {
    const edits = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (edits < fewest) [nearest, fewest] = [candidate, edits];
  }
  if (fewest <= name.length / 2) return `Did you mean "${nearest}"?`;
  return known.length > 0 && known.length <= longestList ? `There are: ${known.join(', ')}.` : '';
}
