import {
  cast,
  floor,
  greater,
  less,
  mul,
  oneHot,
  reshape,
  step,
  sum,
  tidy,
  type Tensor2D,
  type Tensor3D,
} from '@tensorflow/tfjs-core';

/**
 * Half of the classes that each image shows (rounded down), at random: those with the highest
 * scores.
 *
 * @param labels int32 `[batch, height, width]`; labels outside of the classes, such as 255, are not
 *   counted
 * @param scores `[batch, classes]`, independent uniform draws
 * @returns `[batch, classes]` of 0 and 1
 */
export function chooseClasses(labels: Tensor3D, scores: Tensor2D): Tensor2D {
  const [batch, classes] = scores.shape;
  return tidy(() => {
    // Cast, because the WebAssembly backend's oneHot gets no other type than int32 right.
    const pixels = sum(cast(oneHot(reshape(labels, [batch, -1]) as Tensor2D, classes), 'float32'), 1);
    const present = step(pixels);
    const allowed = floor(mul(sum(present, 1, true), 0.5));
    const beats = cast(greater(reshape(scores, [batch, 1, classes]), reshape(scores, [batch, classes, 1])), 'float32');
    const rank = sum(mul(beats, reshape(present, [batch, 1, classes])), 2);
    return mul(present, cast(less(rank, allowed), 'float32'));
  });
}
