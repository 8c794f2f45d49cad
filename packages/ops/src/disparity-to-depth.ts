import { add, mul, reciprocal, type Tensor } from '@tensorflow/tfjs-core';

/**
 * The depth that a disparity stands for:
 *
 *   1 / (1 / maxDepth + (1 / minDepth − 1 / maxDepth) · disparity)
 *
 * (Godard et al. 2019, section 3.2).
 *
 * @param disparity in 0..1, any shape; larger is closer
 * @param opts the depths of disparity 1 and 0, in the unit of the camera's translation (0.1 and
 *   100)
 * @returns the same shape
 */
export function disparityToDepth<T extends Tensor>(
  disparity: T,
  { minDepth = 0.1, maxDepth = 100 }: { minDepth?: number; maxDepth?: number } = {},
): T {
  return reciprocal<T>(add<T>(mul(disparity, 1 / minDepth - 1 / maxDepth), 1 / maxDepth));
}
