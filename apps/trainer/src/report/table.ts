/**
 * Rows of text in columns as wide as their widest cell, two blanks between them.
 *
 * @param numbers every column but the first is aligned to the right
 */
export function table(rows: readonly (readonly string[])[], { numbers = false } = {}): string {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const cell = (text: string, column: number) =>
    numbers && column > 0 ? text.padStart(widths[column]) : text.padEnd(widths[column]);
  return rows.map((row) => row.map(cell).join('  ').trimEnd()).join('\n');
}
