import { COLOR_TRANSFORM_LENGTH, colorTransform, type ColorOperation } from './color-transform.ts';
import { shuffled } from './shuffled.ts';
import type { UniformGenerator } from './uniform-generator.ts';

export interface ColorJitterOptions {
  batch: number;
  /** Share of the items that change. Default 0.5. */
  probability?: number;
  /** Brightness is multiplied by 1 ± this. Default 0.2. */
  brightness?: number;
  /** Contrast, around the mean grey, by 1 ± this. Default 0.2. */
  contrast?: number;
  /** Saturation by 1 ± this. Default 0.2. */
  saturation?: number;
  /** Hue is turned by ± this share of a full turn. Default 0.1. */
  hue?: number;
}

/**
 * Colour changes for depth training, for {@link colorJitter}: factors and order of the four
 * operations drawn per item. Give the same transform to all frames of an item, so that they still
 * look alike.
 *
 * @returns `[batch, 7, 3]`
 */
export function drawColorJitter(
  uniform: UniformGenerator,
  { batch, probability = 0.5, brightness = 0.2, contrast = 0.2, saturation = 0.2, hue = 0.1 }: ColorJitterOptions,
): Float32Array {
  const around = (centre: number, spread: number) => centre + (2 * uniform() - 1) * spread;
  const transforms = new Float32Array(batch * COLOR_TRANSFORM_LENGTH);
  for (let i = 0; i < batch; i++) {
    const changes = uniform() < probability;
    const operations: ColorOperation[] = [
      { kind: 'scale', by: around(1, brightness) },
      { kind: 'contrast', by: around(1, contrast) },
      { kind: 'saturation', by: around(1, saturation) },
      { kind: 'hue', by: around(0, hue) },
    ];
    const ordered = shuffled(uniform, operations);
    transforms.set(colorTransform(changes ? ordered : []), i * COLOR_TRANSFORM_LENGTH);
  }
  return transforms;
}
