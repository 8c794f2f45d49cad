import { concat, slice, type Tensor3D, type Tensor4D } from '@tensorflow/tfjs-core';
import { poseMatrix } from '@segsde/ops';
import type { Mode } from './dropout-noise.ts';
import type { PoseNetwork } from './pose-network.ts';

/** A frame and its neighbours in time, `[batch, height, width, 3]` each, float32 in 0..1, or int32 in 0..255. */
export interface Snippet {
  target: Tensor4D;
  sources: Tensor4D[];
}

/**
 * The matrix `[batch, 4, 4]` from the target camera to each neighbour's. Each pair is shown in temporal order (METHOD 2.6), all pairs
 * as one batch.
 *
 * @param neighbours distance in time of each source from the target
 */
export function neighbourPoses(
  network: PoseNetwork,
  { target, sources }: Snippet,
  { neighbours, mode }: { neighbours: readonly number[]; mode: Mode },
): Tensor3D[] {
  const batch = target.shape[0];
  const earlier = concat(sources.map((source, i) => (neighbours[i] < 0 ? source : target)));
  const later = concat(sources.map((source, i) => (neighbours[i] < 0 ? target : source)));
  const { axisAngle, translation } = network.motion(earlier, later, mode);
  return neighbours.map((offset, i) =>
    poseMatrix(slice(axisAngle, [i * batch, 0], [batch, 3]), slice(translation, [i * batch, 0], [batch, 3]), {
      invert: offset < 0,
    }),
  );
}
