import type { Lowering } from './lowering.ts';

/**
 * Where the axes of an image lie in {@link blockedView}; of the channels, where their blocks lie.
 */
export const BLOCKED_VIEW_AXES = [0, 2, 3, 1] as const;

/**
 * An image in blocks as what it is in memory: `[batch, channels / block, rows, columns, block]`,
 * for operations on rows and columns.
 */
export function blockedView(name: string, [n, h, w, c]: readonly number[], to: Lowering): string {
  return to.onnx.op('Reshape', [name, to.onnx.ints([n, c / to.block, h, w, to.block])]);
}

/** The way back, for the shape that the image has now. */
export function blockedImage(view: string, [n, h, w, c]: readonly number[], to: Lowering): string {
  return to.onnx.op('Reshape', [view, to.onnx.ints([n, c, h, w])]);
}
