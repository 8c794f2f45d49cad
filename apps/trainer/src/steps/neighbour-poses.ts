import { concat, slice, type Tensor3D } from '@tensorflow/tfjs-core';
import { poseMatrix } from '@segsde/ops';
import type { Mode } from './dropout-noise.ts';
import type { PoseNetwork } from './pose-network.ts';
import type { Snippet } from './snippet.ts';

/**
 * The matrix `[batch, 4, 4]` from the target camera to each neighbour's. The network sees each pair
 * of frames in temporal order (docs/method.md, section 2.6).
 *
 * All pairs are one batch, the first neighbour's first, so that in training they are normalised by
 * common statistics. In the original code each neighbour has a pass of its own, with statistics of
 * its own; so has a network that takes the batch apart in `motion`. That took 6 % more processor
 * time of a whole step (two snippets of 128 x 256 on one thread).
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
