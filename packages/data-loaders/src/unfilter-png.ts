/**
 * Undoes, in place, the filters of the lines of one PNG image or interlacing pass (PNG
 * specification, section 9). Each line is a byte that names its filter and `lineBytes` bytes.
 *
 * @returns false if a filter is unknown
 */
export function unfilterPng(
  lines: Uint8Array,
  { lineBytes, count, bytesPerPixel }: { lineBytes: number; count: number; bytesPerPixel: number },
): boolean {
  let above: Uint8Array = new Uint8Array(lineBytes);
  for (let row = 0; row < count; row++) {
    const start = row * (lineBytes + 1);
    const filter = lines[start];
    const line = lines.subarray(start + 1, start + 1 + lineBytes);
    if (filter === 1) {
      for (let at = bytesPerPixel; at < lineBytes; at++) line[at] += line[at - bytesPerPixel];
    } else if (filter === 2) {
      for (let at = 0; at < lineBytes; at++) line[at] += above[at];
    } else if (filter === 3) {
      for (let at = 0; at < lineBytes; at++) {
        line[at] += ((at < bytesPerPixel ? 0 : line[at - bytesPerPixel]) + above[at]) >> 1;
      }
    } else if (filter === 4) {
      for (let at = 0; at < lineBytes; at++) {
        const [left, corner] = at < bytesPerPixel ? [0, 0] : [line[at - bytesPerPixel], above[at - bytesPerPixel]];
        line[at] += paeth(left, above[at], corner);
      }
    } else if (filter !== 0) {
      return false;
    }
    above = line;
  }
  return true;
}

const paeth = (left: number, above: number, corner: number): number => {
  const toLeft = Math.abs(above - corner);
  const toAbove = Math.abs(left - corner);
  const toCorner = Math.abs(left + above - 2 * corner);
  if (toLeft <= toAbove && toLeft <= toCorner) return left;
  return toAbove <= toCorner ? above : corner;
};
