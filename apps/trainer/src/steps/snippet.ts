import type { Tensor4D } from '@tensorflow/tfjs-core';

/**
 * A frame and its neighbours in time, `[batch, height, width, 3]` each, float32 in 0..1, or int32
 * in 0..255.
 */
export interface Snippet {
  target: Tensor4D;
  sources: Tensor4D[];
}

/** The snippet with each of its frames changed in the same way. */
export const mapSnippet = ({ target, sources }: Snippet, change: (frame: Tensor4D) => Tensor4D): Snippet => ({
  target: change(target),
  sources: sources.map(change),
});
