import type { UniformGenerator } from './uniform-generator.ts';

/**
 * One box of half the image's area per image, anywhere: its width is uniform between half and all
 * of the image's.
 *
 * @returns `[batch, 4]`: left, top, right, bottom in pixels, right and bottom excluded
 */
export function drawCutMixBoxes(
  uniform: UniformGenerator,
  { batch, height, width }: { batch: number; height: number; width: number },
): Float32Array {
  const upTo = (n: number) => Math.floor(uniform() * (n + 1));
  const boxes = new Float32Array(batch * 4);
  for (let i = 0; i < batch; i++) {
    const narrowest = Math.ceil(width / 2);
    const boxWidth = narrowest + upTo(width - narrowest);
    const boxHeight = Math.min(Math.round((height * width) / 2 / boxWidth), height);
    const left = upTo(width - boxWidth);
    const top = upTo(height - boxHeight);
    boxes.set([left, top, left + boxWidth, top + boxHeight], i * 4);
  }
  return boxes;
}
