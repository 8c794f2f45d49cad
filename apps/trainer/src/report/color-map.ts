/** Colours of the "plasma" map at eight equal steps, far (dark blue) to near (yellow). */
const STOPS = [
  [13, 8, 135],
  [76, 2, 161],
  [126, 3, 168],
  [170, 35, 149],
  [204, 71, 120],
  [230, 108, 92],
  [248, 149, 64],
  [253, 197, 39],
  [240, 249, 33],
] as const;

/** The colour of `value` in 0..1 (clamped), as three bytes. */
export function colorMap(value: number): [number, number, number] {
  const position = Math.min(Math.max(value, 0), 1) * (STOPS.length - 1);
  const index = Math.min(Math.floor(position), STOPS.length - 2);
  const part = position - index;
  const channel = (c: number) => Math.round(STOPS[index][c] + part * (STOPS[index + 1][c] - STOPS[index][c]));
  return [channel(0), channel(1), channel(2)];
}
