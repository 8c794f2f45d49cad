/**
 * How a rank-4 tensor lies in memory: physical axis i holds the logical axis
 * PERMUTATION[layout][i].
 *
 * - `logical`: as TensorFlow.js means it (NHWC, HWIO)
 * - `channelsFirst`: NHWC activations stored as NCHW
 * - `filter`: HWIO filters stored as OIHW
 * - `channelsBatch`: NHWC activations stored as CNHW, for filter gradients
 *
 * and, no permutation of axes, `blocked`: ONNX Runtime's internal NCHWc, where blocks of channels
 * come last. Its tensors are declared as NCHW.
 */
export const LAYOUTS = {
  logical: [0, 1, 2, 3],
  channelsFirst: [0, 3, 1, 2],
  filter: [3, 2, 0, 1],
  channelsBatch: [3, 0, 1, 2],
} as const;

export type Layout = keyof typeof LAYOUTS | 'blocked';

const axesOf = (layout: Layout): readonly number[] => LAYOUTS[layout === 'blocked' ? 'channelsFirst' : layout];

/** Logical axis → physical axis. */
export function physicalAxis(axis: number, layout: Layout): number {
  return layout === 'logical' ? axis : axesOf(layout).indexOf(axis);
}

export function permute<T>(items: readonly T[], layout: Layout): T[] {
  return layout === 'logical' ? [...items] : axesOf(layout).map((axis) => items[axis]);
}

/** The transpose that turns `from` into `to`. */
export function permutationBetween(from: Layout, to: Layout): number[] {
  return axesOf(to).map((axis) => physicalAxis(axis, from));
}

/**
 * True when a transpose moves only axes of size 1, so that a reshape does the same without touching
 * memory.
 */
export function movesNothing(shape: readonly number[], permutation: readonly number[]): boolean {
  const moved = permutation.filter((axis) => shape[axis] !== 1);
  return moved.every((axis, i) => i === 0 || axis > moved[i - 1]);
}
