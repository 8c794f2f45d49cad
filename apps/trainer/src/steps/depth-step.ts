import type { Scalar, Tensor, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import { colorJitter } from '@segsde/augmentation';
import { jit } from '@segsde/jit';
import { valueAndGradients, type Optimizer } from '@segsde/optim';
import { bytesToUnitRange } from './bytes-to-unit-range.ts';
import type { DisparityNetwork } from './disparity-network.ts';
import type { DropoutNoise } from './dropout-noise.ts';
import { gradientBound } from './gradient-bound.ts';
import type { DepthLoss } from './loss-functions.ts';
import { neighbourPoses } from './neighbour-poses.ts';
import type { PoseNetwork } from './pose-network.ts';
import { mapSnippet, type Snippet } from './snippet.ts';
import type { StepEngine } from './step-engine.ts';

/** `[batch, 3, 3]` in pixels. */
export interface Cameras {
  intrinsics: Tensor3D;
  inverseIntrinsics: Tensor3D;
}

export interface DepthBatch extends Cameras {
  /** The frames as they are: these are warped and compared. */
  frames: Snippet;
  /** `[batch, 7, 3]`, see `colorJitter`: the networks see the frames of an item after this. */
  jitter: Tensor3D;
  /** The target in the size of each of the decoder's scales, as `frames` are. */
  targetPyramid: Record<number, Tensor4D>;
  /** Standard normal `[sources, 1, 1, height, width]`; decides where nothing moved. */
  tieBreakNoise: Tensor;
  dropoutNoise: DropoutNoise;
  learningRates: Record<string, Scalar>;
}

export interface DepthStepOptions extends StepEngine {
  /** Distance in time of each source from the target. */
  neighbours: readonly number[];
  loss: DepthLoss;
  /** Bound of the gradients' global norm; null: none. */
  clipNorm: number | null;
}

/**
 * One iteration of self-supervised depth (docs/method.md, section 3): predict depth and motion,
 * warp the neighbours into the target's view, compare.
 */
export function depthStep(
  { depth, motion, optimizer }: { depth: DisparityNetwork; motion: PoseNetwork; optimizer: Optimizer },
  { neighbours, loss, clipNorm, engine, mixedPrecision }: DepthStepOptions,
) {
  const bounded = gradientBound(clipNorm);
  return jit(
    ({ jitter, dropoutNoise, learningRates, intrinsics, inverseIntrinsics, tieBreakNoise, ...given }: DepthBatch) => {
      const frames = mapSnippet(given.frames, bytesToUnitRange);
      const targetPyramid = Object.fromEntries(
        Object.entries(given.targetPyramid).map(([scale, level]) => [scale, bytesToUnitRange(level)]),
      );
      const seen = mapSnippet(frames, (frame) => colorJitter(frame, jitter));

      const { losses, grads } = valueAndGradients(
        [...depth.variables, ...motion.variables],
        () => {
          const disparities = depth.disparities(seen.target, { training: true, dropoutNoise });
          const poses = neighbourPoses(motion, seen, { neighbours, mode: { training: true, dropoutNoise: {} } });
          const cameras = { intrinsics, inverseIntrinsics };
          return {
            photometric: loss({ ...frames, targetPyramid, ...cameras, tieBreakNoise, disparities, poses }).total,
          };
        },
        optimizer,
      );

      optimizer.apply(bounded(grads), learningRates);
      return losses;
    },
    { engine, mixedPrecision, name: 'depth-step' },
  );
}
