import type { Tensor4D } from '@tensorflow/tfjs-core';
import { jit, type Engine } from '@segsde/jit';
import type { DisparityNetwork } from './disparity-network.ts';
import { bytesToUnitRange } from './bytes-to-unit-range.ts';

/**
 * The decoder level whose features tell how different two images are (docs/method.md, section 5.4).
 */
const LEVEL = 3;

/**
 * Images `[batch, height, width, 3]` to the depth network's features `[batch, height / 8, width /
 * 8, channels]`.
 */
export const predictFeatures = (network: DisparityNetwork, { engine }: { engine: Engine }) =>
  jit((image: Tensor4D) => network.features(bytesToUnitRange(image), { training: false })[LEVEL], {
    engine,
    name: 'predict-features',
  });
