import type { Tensor4D } from '@tensorflow/tfjs-core';
import { jit, type Engine } from '@segsde/jit';
import type { DisparityNetwork } from './disparity-network.ts';
import { bytesToUnitRange } from './bytes-to-unit-range.ts';

/** Images `[batch, height, width, 3]` to disparity `[batch, height, width, 1]` in 0..1. */
export const predictDisparity = (network: DisparityNetwork, { engine }: { engine: Engine }) =>
  jit((image: Tensor4D) => network.disparities(bytesToUnitRange(image), { training: false })[0], {
    engine,
    name: 'predict-disparity',
  });
