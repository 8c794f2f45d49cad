/**
 * Side of the blur's kernel for an image side, the largest odd number up to a tenth of it (rounded
 * up): 13 for 128.
 */
export function blurKernelSize(side: number): number {
  const tenth = Math.ceil(0.1 * side);
  return tenth - 1 + (tenth % 2);
}
