import type { MonodepthInputs } from './monodepth-inputs.ts';

/**
 * The scales of `disparities`, ascending.
 *
 * @throws if there is no scale, no source, not one pose per source, or an image of the pyramid is
 *   missing or of another size than the disparity
 */
export function checkedScales({ disparities, targetPyramid, sources, poses }: MonodepthInputs): number[] {
  const scales = Object.keys(disparities)
    .map(Number)
    .sort((a, b) => a - b);
  if (scales.length === 0) throw new Error('monodepthLoss: disparities is empty; it needs at least one scale.');
  if (sources.length === 0)
    throw new Error('monodepthLoss: sources is empty; it needs at least one neighbouring frame.');
  if (poses.length !== sources.length)
    throw new Error(`monodepthLoss: ${sources.length} sources but ${poses.length} poses; each source needs its own.`);
  for (const scale of scales) {
    const image = targetPyramid[scale]?.shape.slice(0, 3);
    const disparity = disparities[scale].shape.slice(0, 3);
    if (String(image) !== String(disparity))
      throw new Error(
        `monodepthLoss: targetPyramid[${scale}] is ${image ? `[${image}]` : 'missing'}, but the disparity of that scale is ` +
          `[${disparity}]. Resize the target to the disparity's size.`,
      );
  }
  return scales;
}
