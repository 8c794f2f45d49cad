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
  type Tensor,
  type Tensor3D,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import { disparityToDepth, gridSample, projectPixels, resizeBilinear } from '@segsde/ops';
import { capped } from './capped.ts';
import { edgeAwareSmoothness } from './edge-aware-smoothness.ts';
import { meanNormalized } from './mean-normalized.ts';
import { photometricPlanes, photometricTarget } from './photometric-planes.ts';
import { smaller } from './smaller.ts';
import { unstacked } from './unstacked.ts';

const TIE_BREAK_SCALE = 1e-5;

export interface MonodepthInputs {
  /** Per scale s: sigmoid output `[batch, height / 2^s, width / 2^s, 1]`. Any subset of scales; the loss is their mean. */
  disparities: Record<number, Tensor4D>;
  /** The image whose depth is learnt, before colour augmentation, `[batch, height, width, channels]` in 0..1. */
  target: Tensor4D;
  /** The same image in the size of each of `disparities`, for the smoothness term. */
  targetPyramid: Record<number, Tensor4D>;
  /** Neighbouring frames before colour augmentation, each of `target`'s shape. */
  sources: Tensor4D[];
  /** For each source the `[batch, 4, 4]` matrix from target camera to source camera. */
  poses: Tensor3D[];
  /** `[batch, 3, 3]` in pixels of `target`. */
  intrinsics: Tensor3D;
  /** `[batch, 3, 3]`. */
  inverseIntrinsics: Tensor3D;
  /**
   * Standard normal draws, broadcastable to `[sources, batch, scales, height, width]` (one source with `averageReprojection`);
   * 1e-5 of them is added to the identity maps, so that nothing moves by default. Without it a tie counts as standing still.
   */
  tieBreakNoise?: Tensor;
}

export interface MonodepthOptions {
  /** `false`: compare by L1 alone. Default `true`. */
  ssim?: boolean;
  /** `false`: pixels that look the same without warping count too. Default `true`. */
  automask?: boolean;
  /** Average over the sources in place of the minimum. Default `false`. */
  averageReprojection?: boolean;
  /** Weight of the smoothness of scale 0; halves with every scale. Default 1e-3. */
  smoothness?: number;
  /** Depth of disparity 1. Default 0.1. */
  minDepth?: number;
  /** Depth of disparity 0. Default 100. */
  maxDepth?: number;
}

export interface MonodepthLoss {
  /** Mean of `perScale`. */
  total: Scalar;
  perScale: Record<number, Scalar>;
  /** Per scale each source as seen from the target camera, `[batch, height, width, channels]`. */
  warped: Record<number, Tensor4D[]>;
  /** Per scale `[batch, height, width]`: 1 where a warped source explains the pixel better than an unmoved one. Empty without `automask`. */
  automask: Record<number, Tensor3D>;
}

/**
 * Self-supervised depth loss of Monodepth2 (Godard et al. 2019): every source is warped into the target camera by the depth
 * of each scale at full resolution; per pixel the best source counts, unless an unwarped one is better still (automask); plus
 * edge-aware smoothness of each scale's mean-normalised disparity.
 *
 *   L_s = mean min_f pe(warp_f, I) + 1e-3 / 2^s · smoothness(d_s / mean d_s),   total = mean_s L_s
 *
 * Gradients flow to `disparities` and `poses`. All scales and sources go through the same few kernels.
 *
 * @throws if there is no scale, no source, not one pose per source, or an image of the pyramid is missing
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
      return add<Tensor4D>(errors, mul(noise, TIE_BREAK_SCALE));
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

/** `[sources * batch, scales * height, width, channels]`: each source is sampled once, the scales' images below one another. */
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

function checkedScales({ disparities, targetPyramid, sources, poses }: MonodepthInputs): number[] {
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
