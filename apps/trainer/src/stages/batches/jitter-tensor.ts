import { tensor3d, type Tensor3D } from '@tensorflow/tfjs-core';
import { drawColorJitter } from '@segsde/augmentation';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import type { Random } from '../../registry/definition.ts';

/** Colour jitter for depth learning (METHOD 3.8), one transform for all frames of an item. */
export function jitterTensor(random: Random, { batch, probability }: { batch: number; probability: number }): Tensor3D {
  return tensor3d(
    drawColorJitter(() => uniformFloat64(random), { batch, probability }),
    [batch, 7, 3],
  );
}
