import type { Scalar, Tensor, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';

export interface MonodepthInputs {
  /**
   * Per scale s: sigmoid output `[batch, height / 2^s, width / 2^s, 1]`. Any subset of scales; the
   * loss is their mean.
   */
  disparities: Record<number, Tensor4D>;
  /**
   * The image whose depth is learnt, before colour augmentation, `[batch, height, width, channels]`
   * in 0..1.
   */
  target: Tensor4D;
  /** The same image in the size of each of `disparities`, for the smoothness term. */
  targetPyramid: Record<number, Tensor4D>;
  /** Neighbouring frames before colour augmentation, each of `target`'s shape. */
  sources: Tensor4D[];
  /** For each source the `[batch, 4, 4]` matrix from target camera to source camera. */
  poses: Tensor3D[];
  /** `[batch, 3, 3]` in pixels of `target`. */
  intrinsics: Tensor3D;
  /** `[batch, 3, 3]`. */
  inverseIntrinsics: Tensor3D;
  /**
   * Standard normal draws, broadcastable to `[sources, batch, scales, height, width]`; 1e-5 of them
   * is added to the identity maps, so that nothing moves by default. With `averageReprojection`
   * there is one identity map, which gets the first source's. Without it a tie counts as standing
   * still.
   */
  tieBreakNoise?: Tensor;
}

export interface MonodepthOptions {
  /** `false`: compare by L1 alone. Default `true`. */
  ssim?: boolean;
  /** `false`: pixels that look the same without warping count too. Default `true`. */
  automask?: boolean;
  /** Average over the sources in place of the minimum. Default `false`. */
  averageReprojection?: boolean;
  /** Weight of the smoothness of scale 0; halves with every scale. Default 1e-3. */
  smoothness?: number;
  /** Depth of disparity 1. Default 0.1. */
  minDepth?: number;
  /** Depth of disparity 0. Default 100. */
  maxDepth?: number;
}

export interface MonodepthLoss {
  /** Mean of `perScale`. */
  total: Scalar;
  perScale: Record<number, Scalar>;
  /** Per scale each source as seen from the target camera, `[batch, height, width, channels]`. */
  warped: Record<number, Tensor4D[]>;
  /**
   * Per scale `[batch, height, width]`: 1 where a warped source explains the pixel better than an
   * unmoved one. Empty without `automask`.
   */
  automask: Record<number, Tensor3D>;
}
