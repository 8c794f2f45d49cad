import { tensor2d, tensor3d } from '@tensorflow/tfjs-core';
import { drawStrongAugmentation, type StrongAugmentation } from '@segsde/augmentation';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import type { UnlabelledConfig } from '../../config/schema.ts';
import type { Random } from '../../registry/definition.ts';

/** Colour jitter and blur for one mixed batch (METHOD 4.6). */
export function strongDraws(
  { jitter, blurProbability }: Pick<UnlabelledConfig, 'jitter' | 'blurProbability'>,
  { random, batch, height, width }: { random: Random; batch: number; height: number; width: number },
): StrongAugmentation {
  const { probability, strength, hue } = jitter;
  const { color, blur } = drawStrongAugmentation(() => uniformFloat64(random), {
    ...{ batch, height, width, hue, blurProbability },
    jitterProbability: probability,
    ...{ brightness: strength, contrast: strength, saturation: strength },
  });
  return { color: tensor3d(color, [batch, 7, 3]), blur: tensor2d(blur, [2, 9]) };
}
