import { argMax, type Tensor3D, type Tensor4D } from '@tensorflow/tfjs-core';
import { jit, type Engine } from '@segsde/jit';
import type { SegmentationNetwork } from './segmentation-network.ts';
import { bytesToUnitRange } from './bytes-to-unit-range.ts';

/**
 * Images `[batch, height, width, 3]` to the most likely class of each pixel, int32 `[batch, height,
 * width]`.
 */
export const predictLabels = (network: SegmentationNetwork, { engine }: { engine: Engine }) =>
  jit((image: Tensor4D) => argMax<Tensor3D>(network.segment(bytesToUnitRange(image), { training: false }), -1), {
    engine,
    name: 'predict-labels',
  });
