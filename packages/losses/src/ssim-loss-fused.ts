import {
  add,
  clipByValue,
  clone,
  div,
  mul,
  reshape,
  square,
  step,
  sub,
  tidy,
  transpose,
  type Tensor3D,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import { averagePool3x3, reflectPad, withGradient } from '@segsde/ops';
import { C1, C2 } from './ssim.ts';
import { stopGradient } from './stop-gradient.ts';

/**
 * {@link ssimLoss} in the form that training uses: fewer kernels, and more digits where the images
 * agree.
 *
 * Works on planes, one for each image and channel, because pooling and element-wise arithmetic are
 * fastest with a long last axis.
 *
 * @param image `[batch, height, width, channels]` in 0..1, at least 2x2
 * @param target same shape; a constant, no gradient flows to it
 * @returns `[batch, height, width, channels]` in 0..1
 */
export function ssimLossFused(image: Tensor4D, target: Tensor4D): Tensor4D {
  return tidy(() => {
    const [batch, height, width, channels] = image.shape;
    const planes = (x: Tensor4D) => transpose(x, [0, 3, 1, 2]);
    const loss = ssimLossPlanes(
      reshape(planes(image), [1, batch * channels, 1, height * width]),
      ssimTarget(reshape(planes(stopGradient(target)), [batch * channels, height, width])),
    );
    return transpose(reshape(loss, [batch, channels, height, width]), [0, 2, 3, 1]);
  });
}

/** What SSIM needs of a target, computed once however often something is compared with it. */
export interface SsimTarget {
  height: number;
  width: number;
  /** The mirrored target, `[1, planes, 1, (height + 2) * (width + 2)]`. */
  padded: Tensor4D;
  /** Mean of each 3x3 window; this and what follows is `[1, planes, 1, height * width]`. */
  mean: Tensor4D;
  /** Squared mean + C1. */
  luminance: Tensor4D;
  /** Variance + C2. */
  contrast: Tensor4D;
}

/**
 * Prepares a target for {@link ssimLossPlanes}.
 *
 * @param target planes, a constant: `[planes, height, width]`
 */
export function ssimTarget(target: Tensor3D): SsimTarget {
  const [planes, height, width] = target.shape;
  const padded = pad(reshape(target, [1, planes, 1, height * width]), height, width);
  const mean = windowMean(padded, height, width);
  const meanSquare = square(mean);
  return {
    height,
    width,
    padded,
    mean,
    luminance: add(meanSquare, C1),
    contrast: add(sub(windowMean(square(padded), height, width), meanSquare), C2),
  };
}

/**
 * {@link ssimLossFused} of several images with one target, channel by channel.
 *
 * @param planes `[groups, planes, variants, height * width]`; every group and variant is compared
 *   with the same target
 * @returns the same shape
 */
export function ssimLossPlanes(planes: Tensor4D, target: SsimTarget): Tensor4D {
  const { height, width } = target;
  const padded = pad(planes, height, width);
  return lossFromMeans(
    windowMean(padded, height, width),
    windowMean(square(padded), height, width),
    windowMean(square(sub<Tensor4D>(padded, target.padded)), height, width),
    target,
  );
}

function pad(planes: Tensor4D, height: number, width: number): Tensor4D {
  const [groups, count, variants] = planes.shape;
  const mirrored = reflectPad(reshape(planes, [groups * count * variants, height, width, 1]));
  return reshape(mirrored, [groups, count, variants, (height + 2) * (width + 2)]);
}

function windowMean(padded: Tensor4D, height: number, width: number): Tensor4D {
  const [groups, count, variants] = padded.shape;
  const pooled = averagePool3x3(reshape(padded, [groups * count * variants, height + 2, width + 2, 1]));
  return reshape(pooled, [groups, count, variants, height * width]);
}

/**
 * From the window means of x, x² and (x − y)² to the loss, with its gradient written by hand, which
 * takes half the kernels of what TensorFlow.js records.
 *
 * With δ the difference of the means and 2σxy = σx² + σy² − σ²(x−y), SSIM is the product of two
 * shares that are lost little by little,
 *
 *   (1 − u) (1 − v),   u = δ² / (μx² + μy² + C1),   v = σ²(x−y) / (σx² + σy² + C2)
 *
 * which keeps the digits that 2σxy, the difference of two large numbers, would lose where the
 * images agree. Where the clamp holds the loss at 0 the gradient is 0; at exactly 0 the two images
 * agree and it is 0 anyway.
 *
 * @param mean `[groups, planes, variants, pixels]`, as are the two other means
 * @returns the same shape
 */
function lossFromMeans(
  mean: Tensor4D,
  meanOfSquare: Tensor4D,
  meanOfSquaredDifference: Tensor4D,
  target: Pick<SsimTarget, 'mean' | 'luminance' | 'contrast'>,
): Tensor4D {
  const difference = sub(mean, target.mean);
  const squaredDifference = square(difference);
  const squaredMean = square(mean);
  const luminance = add(squaredMean, target.luminance);
  const contrast = add(sub(meanOfSquare, squaredMean), target.contrast);
  const u = div(squaredDifference, luminance);
  const v = div(sub(meanOfSquaredDifference, squaredDifference), contrast);
  const keptOfV = sub(1, v);
  const value = clipByValue(mul<Tensor4D>(add(mul(u, keptOfV), v), 0.5), 0, 1);
  return withGradient(
    [mean, meanOfSquare, meanOfSquaredDifference],
    [mean, difference, luminance, contrast, u, v, keptOfV, value],
    () => clone(value),
    (dy, [mean, difference, luminance, contrast, u, v, keptOfV, value]) => {
      const inside = mul(dy, step(value));
      const toU = div(mul(inside, keptOfV), luminance);
      const toV = div(mul(inside, sub(1, u)), contrast);
      const shareOfV = mul(toV, v);
      const toMean = sub(mul(difference, sub(toU, toV)), mul(mean, sub(mul(toU, u), shareOfV)));
      return [toMean, mul(shareOfV, -0.5), mul(toV, 0.5)];
    },
  );
}
