import {
  add,
  addN,
  mean,
  mul,
  reshape,
  slice,
  tidy,
  type Scalar,
  type Tensor,
  type Tensor3D,
} from '@tensorflow/tfjs-core';
import { disparityToDepth, resizeBilinear } from '@segsde/ops';
import { automask as automaskOf } from './automask.ts';
import { checkedScales } from './checked-scales.ts';
import { edgeAwareSmoothness } from './edge-aware-smoothness.ts';
import { inverseWarp } from './inverse-warp.ts';
import { meanNormalized } from './mean-normalized.ts';
import { minimumReprojection } from './minimum-reprojection.ts';
import type { MonodepthInputs, MonodepthLoss, MonodepthOptions } from './monodepth-inputs.ts';
import { photometricError } from './photometric-error.ts';

/**
 * Self-supervised depth loss of Monodepth2 (Godard et al. 2019): every source is warped into the
 * target camera by the depth of each scale at full resolution; per pixel the best source counts,
 * unless an unwarped one is better still (automask); plus edge-aware smoothness of each scale's
 * mean-normalised disparity.
 *
 *   L_s = mean( μ · min_t' pe(I_t, I_t'→t) ) + 1e-3 / 2^s · smoothness(d_s / mean d_s)
 *   total = mean_s L_s
 *
 * As in Monodepth2's code a masked pixel costs the error of its unwarped source, a constant, in
 * place of 0. Gradients flow to `disparities` and `poses`. {@link monodepthLossFused} computes the
 * same with fewer kernels and smaller rounding errors.
 *
 * @throws if there is no scale, no source, not one pose per source, or an image of the pyramid is
 *   missing
 */
export function monodepthLoss(
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
  const { disparities, target, targetPyramid, sources, poses, intrinsics, inverseIntrinsics, tieBreakNoise } = inputs;
  const scales = checkedScales(inputs);
  const [, height, width] = target.shape;

  return tidy(() => {
    const errorsOf = (images: typeof sources): Tensor3D[] => {
      const errors = images.map((image) => photometricError(image, target, { ssim }));
      return averageReprojection ? [mul<Tensor3D>(addN(errors), 1 / errors.length)] : errors;
    };
    const identityErrors = automask ? errorsOf(sources) : [];

    const results = scales.map((scale, i) => {
      const disparity = resizeBilinear(disparities[scale], [height, width]);
      const depth = reshape(disparityToDepth(disparity, { minDepth, maxDepth }), [-1, height, width]) as Tensor3D;
      const warped = sources.map((source, k) =>
        inverseWarp(source, depth, { intrinsics, inverseIntrinsics, pose: poses[k] }),
      );
      const reprojection = minimumReprojection(errorsOf(warped));
      const noise = tieBreakNoise && identityErrors.map((_, source) => drawsOf(tieBreakNoise, source, i));
      const masked = automask ? automaskOf(reprojection, identityErrors, noise) : undefined;
      const roughness = edgeAwareSmoothness(meanNormalized(disparities[scale]), targetPyramid[scale]);
      const photometric = mean<Scalar>(masked?.error ?? reprojection);
      return {
        loss: add<Scalar>(photometric, mul(roughness, smoothness / 2 ** scale)),
        warped,
        mask: masked?.mask,
      };
    });

    return {
      total: mul<Scalar>(addN(results.map(({ loss }) => loss)), 1 / scales.length),
      perScale: Object.fromEntries(results.map(({ loss }, i) => [scales[i], loss])),
      warped: Object.fromEntries(results.map(({ warped }, i) => [scales[i], warped])),
      automask: Object.fromEntries(results.flatMap(({ mask }, i) => (mask ? [[scales[i], mask]] : []))),
    };
  });
}

/**
 * The draws for one source and one scale, of noise broadcastable to
 * `[sources, batch, scales, height, width]`.
 */
function drawsOf(noise: Tensor, source: number, scale: number): Tensor {
  const shape = [...Array<number>(5 - noise.rank).fill(1), ...noise.shape];
  const [sources, batch, scales, height, width] = shape;
  const begin = [sources === 1 ? 0 : source, 0, scales === 1 ? 0 : scale, 0, 0];
  return reshape(slice(reshape(noise, shape), begin, [1, batch, 1, height, width]), [batch, height, width]);
}
