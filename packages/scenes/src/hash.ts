const { imul } = Math;

/** Well-mixed unsigned 32-bit hash of two integers. */
export function hash(a: number, b: number): number {
  let h = imul(a | 0, 0x9e3779b1) ^ imul((b | 0) + 0x7f4a7c15, 0x85ebca77);
  h = imul(h ^ (h >>> 15), 0x2c1b3c6d);
  h = imul(h ^ (h >>> 12), 0x297a2d39);
  return (h ^ (h >>> 15)) >>> 0;
}
