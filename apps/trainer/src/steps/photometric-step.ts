import { concat, mean, reshape, type Scalar, type Tensor3D, type Tensor4D } from '@tensorflow/tfjs-core';
import { jit, type Engine } from '@segsde/jit';
import { photometricErrorFused } from '@segsde/losses';
import { disparityToDepth, gridSample, projectPixels } from '@segsde/ops';
import type { Cameras } from './depth-step.ts';
import type { DisparityNetwork } from './disparity-network.ts';
import { bytesToUnitRange } from './bytes-to-unit-range.ts';
import { neighbourPoses } from './neighbour-poses.ts';
import type { PoseNetwork } from './pose-network.ts';
import { mapSnippet, type Snippet } from './snippet.ts';

export interface PhotometricBatch extends Cameras {
  frames: Snippet;
}

export interface PhotometricOptions {
  neighbours: readonly number[];
  minDepth: number;
  maxDepth: number;
  engine: Engine;
}

/**
 * How much of the neighbours' difference from the target the learnt depth and motion explain: mean
 * error with and without warping.
 */
export function photometricStep(
  { depth, motion }: { depth: DisparityNetwork; motion: PoseNetwork },
  { neighbours, minDepth, maxDepth, engine }: PhotometricOptions,
) {
  return jit(
    ({ frames, intrinsics, inverseIntrinsics }: PhotometricBatch): { warped: Scalar; unwarped: Scalar } => {
      const mode = { training: false } as const;
      const unit = mapSnippet(frames, bytesToUnitRange);
      const { target, sources } = unit;
      const [batch, height, width] = target.shape;
      const disparity = reshape(depth.disparities(target, mode)[0], [batch, height, width]);
      const depths = disparityToDepth(disparity, { minDepth, maxDepth }) as Tensor3D;
      const warped = neighbourPoses(motion, unit, { neighbours, mode }).map((matrix, i) => {
        const { x, y } = projectPixels(depths, { intrinsics, inverseIntrinsics, pose: matrix });
        return gridSample(sources[i], x, y);
      });
      const error = (images: Tensor4D[]) =>
        mean<Scalar>(concat(images.map((image) => photometricErrorFused(image, target))));
      return { warped: error(warped), unwarped: error(sources) };
    },
    { engine, name: 'photometric-step' },
  );
}
