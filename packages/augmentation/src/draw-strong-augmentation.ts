import { COLOR_TRANSFORM_LENGTH, colorTransform, type ColorOperation } from './color-transform.ts';
import { gaussianKernels } from './gaussian-kernels.ts';
import { shuffled } from './shuffled.ts';
import type { UniformGenerator } from './uniform-generator.ts';

export interface StrongAugmentationOptions {
  batch: number;
  height: number;
  width: number;
  /** Probability that the batch changes colour. Default 0.8. */
  jitterProbability?: number;
  /** Up to this is added to or taken from all colours. Default 0.25. */
  brightness?: number;
  /** Colours are multiplied by 1 ± this. Default 0.25. */
  contrast?: number;
  /** Saturation is multiplied by 1 ± this. Default 0.25. */
  saturation?: number;
  /** Hue is turned by ± this share of a full turn. Default 0.25. */
  hue?: number;
  /** Probability that the batch is blurred. Default 0.5. */
  blurProbability?: number;
  /** Standard deviation of the blur in pixels, drawn between the two. Default 0.15 to 1.15. */
  sigma?: readonly [number, number];
}

/**
 * Draws for {@link strongAugment}: one decision each for jitter and blur, one order of the
 * operations and one σ per batch; factors per image.
 *
 * @returns `color` of shape `[batch, 7, 3]`, `blur` of shape `[2, 9]`
 */
export function drawStrongAugmentation(
  uniform: UniformGenerator,
  {
    batch,
    height,
    width,
    jitterProbability = 0.8,
    brightness = 0.25,
    contrast = 0.25,
    saturation = 0.25,
    hue = 0.25,
    blurProbability = 0.5,
    sigma: [narrowest, widest] = [0.15, 1.15],
  }: StrongAugmentationOptions,
): { color: Float32Array; blur: Float32Array } {
  const jitters = uniform() < jitterProbability;
  const blurs = uniform() < blurProbability;
  const sigma = narrowest + uniform() * (widest - narrowest);
  const around = (centre: number, spread: number) => centre + (2 * uniform() - 1) * spread;
  const order = shuffled(uniform, [0, 1, 2, 3]);

  const color = new Float32Array(batch * COLOR_TRANSFORM_LENGTH);
  for (let i = 0; i < batch; i++) {
    const operations: ColorOperation[] = [
      { kind: 'addBrightness', by: around(0, brightness) },
      { kind: 'scale', by: around(1, contrast) },
      { kind: 'saturation', by: around(1, saturation) },
      { kind: 'hue', by: around(0, hue) },
    ];
    const ordered = order.map((position) => operations[position]);
    color.set(colorTransform(jitters ? ordered : []), i * COLOR_TRANSFORM_LENGTH);
  }
  return { color, blur: gaussianKernels(blurs ? sigma : 0, { height, width }) };
}
