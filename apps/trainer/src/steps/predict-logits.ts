import type { Tensor4D } from '@tensorflow/tfjs-core';
import { jit, type Engine } from '@segsde/jit';
import type { SegmentationNetwork } from './segmentation-network.ts';
import { bytesToUnitRange } from './bytes-to-unit-range.ts';

/** Images `[batch, height, width, 3]` to logits `[batch, height, width, classes]`. */
export const predictLogits = (network: SegmentationNetwork, { engine }: { engine: Engine }) =>
  jit((image: Tensor4D) => network.segment(bytesToUnitRange(image), { training: false }), {
    engine,
    name: 'predict-logits',
  });
