import {
  add,
  addN,
  concat,
  mul,
  ones,
  reshape,
  slice,
  step,
  sub,
  sum,
  tidy,
  transpose,
  type Scalar,
  type Tensor3D,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import { disparityToDepth, gridSample, projectPixels, resizeBilinear } from '@segsde/ops';
import { TIE_BREAK_SCALE } from './automask.ts';
import { capped } from './capped.ts';
import { checkedScales } from './checked-scales.ts';
import { edgeAwareSmoothness } from './edge-aware-smoothness.ts';
import { meanNormalized } from './mean-normalized.ts';
import type { MonodepthInputs, MonodepthLoss, MonodepthOptions } from './monodepth-inputs.ts';
import { photometricPlanes, photometricTarget } from './photometric-error-fused.ts';
import { smaller } from './smaller.ts';
import { unstacked } from './unstacked.ts';

/**
 * {@link monodepthLoss} in the form that training uses: all scales and sources go through the same
 * few kernels, a third of the plain form's, and rounding errors are smaller. Each source is sampled
 * once for all scales, whose images lie below one another, and compared channel by channel on
 * planes `[sources, batch * channels, scales, pixels]`, because element-wise arithmetic is fastest
 * with a long last axis.
 *
 * @throws if there is no scale, no source, not one pose per source, or an image of the pyramid is
 *   missing
 */
export function monodepthLossFused(
  inputs: MonodepthInputs,
  {
    ssim = true,
    automask = true,
    averageReprojection = false,
    smoothness = 1e-3,
    minDepth = 0.1,
    maxDepth = 100,
  }: MonodepthOptions = {},
): MonodepthLoss {
  const { disparities, target, targetPyramid, sources, tieBreakNoise } = inputs;
  const scales = checkedScales(inputs);
  const [batch, height, width, channels] = target.shape;
  const pixels = height * width;

  return tidy(() => {
    const frames = concat(sources);
    const warped = warpAllScales(inputs, frames, scales, { minDepth, maxDepth });

    const prepared = photometricTarget(transpose(target, [0, 3, 1, 2]), { ssim });
    const errorsOf = (images: Tensor4D, variants: number): Tensor4D => {
      const planes = transpose(images, [0, 3, 1, 2]);
      return photometricPlanes(reshape(planes, [sources.length, batch * channels, variants, pixels]), prepared);
    };
    const groups = (errors: Tensor4D): Tensor4D =>
      averageReprojection ? mul(sum<Tensor4D>(errors, 0, true), 1 / sources.length) : errors;
    const best = (errors: Tensor4D): Tensor3D => unstacked<Tensor3D>(errors).reduce((a, b) => smaller(a, b));
    const withNoise = (errors: Tensor4D): Tensor4D => {
      if (tieBreakNoise === undefined) return errors;
      const noise = reshape(tieBreakNoise, [...tieBreakNoise.shape.slice(0, -2), pixels]);
      const ofErrors = averageReprojection && noise.rank === 4 ? slice(noise, 0, 1) : noise;
      return add<Tensor4D>(errors, mul(ofErrors, TIE_BREAK_SCALE));
    };

    const reprojection = best(groups(errorsOf(warped, scales.length)));
    const identity = automask ? best(withNoise(groups(errorsOf(frames, 1)))) : null;
    const photometric = identity === null ? reprojection : capped(reprojection, identity);
    const photometricPerScale = unstacked<Scalar>(mul(sum(photometric, [0, 2]), 1 / (batch * pixels)));

    const perScale = scales.map((scale, i) => {
      const roughness = edgeAwareSmoothness(meanNormalized(disparities[scale]), targetPyramid[scale]);
      return add<Scalar>(photometricPerScale[i], mul(roughness, smoothness / 2 ** scale));
    });
    const won = identity && step(sub<Tensor3D>(identity, reprojection));
    const byScale = <T>(value: (index: number) => T): Record<number, T> =>
      Object.fromEntries(scales.map((scale, i) => [scale, value(i)]));
    return {
      total: mul<Scalar>(addN(perScale), 1 / scales.length),
      perScale: byScale((i) => perScale[i]),
      warped: byScale((i) =>
        sources.map((_, source) => slice(warped, [source * batch, i * height, 0, 0], [batch, height, width, channels])),
      ),
      automask: won
        ? byScale((i) => reshape(slice(won, [0, i, 0], [batch, 1, pixels]), [batch, height, width]) as Tensor3D)
        : {},
    };
  });
}

/**
 * Every source as each scale's depth moves it:
 * `[sources * batch, scales * height, width, channels]`, the scales' images below one another.
 */
function warpAllScales(
  { disparities, sources, poses, intrinsics, inverseIntrinsics }: MonodepthInputs,
  frames: Tensor4D,
  scales: number[],
  depthRange: { minDepth: number; maxDepth: number },
): Tensor4D {
  const [batch, height, width] = sources[0].shape;
  const upsampled = scales.map((scale) => {
    const disparity = disparities[scale];
    const atFullSize = disparity.shape[1] === height && disparity.shape[2] === width;
    return reshape(atFullSize ? disparity : resizeBilinear(disparity, [height, width]), [batch, 1, height * width]);
  });
  const depth = disparityToDepth(concat(upsampled, 1), depthRange);
  const depthPerSource = reshape(concat(sources.map(() => depth)), [-1, height, width]) as Tensor3D;

  const count = sources.length * batch * scales.length;
  const perScale = ones([1, scales.length, 1]);
  const repeated = (matrices: Tensor3D, size: number): Tensor3D =>
    reshape(mul(reshape(matrices, [-1, 1, size * size]), perScale), [count, size, size]);
  const perSource = (matrices: Tensor3D): Tensor3D => concat(sources.map(() => matrices));

  const { x, y } = projectPixels(depthPerSource, {
    intrinsics: repeated(perSource(intrinsics), 3),
    inverseIntrinsics: repeated(perSource(inverseIntrinsics), 3),
    pose: repeated(concat(poses), 4),
  });
  const below = (coordinates: Tensor3D): Tensor3D =>
    reshape(coordinates, [sources.length * batch, scales.length * height, width]);
  return gridSample(frames, below(x), below(y));
}
