import {
  add,
  clipByValue,
  div,
  mul,
  reshape,
  square,
  step,
  sub,
  type Tensor3D,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import { averagePool3x3, reflectPad } from '@segsde/ops';
import { withGradient } from './with-gradient.ts';

const C1 = 0.01 ** 2;
const C2 = 0.03 ** 2;

/** What SSIM needs of a target, computed once however often something is compared with it. Each is `[1, planes, 1, pixels]`. */
export interface SsimTarget {
  height: number;
  width: number;
  twicePadded: Tensor4D;
  twiceMean: Tensor4D;
  luminance: Tensor4D;
  contrast: Tensor4D;
}

/** @param target planes `[planes, height, width]` */
export function ssimTarget(target: Tensor3D): SsimTarget {
  const [planes, height, width] = target.shape;
  const padded = pad(reshape(target, [1, planes, 1, height * width]), height, width);
  const mean = windowMean(padded, height, width);
  const meanSquare = square(mean);
  return {
    height,
    width,
    twicePadded: mul(padded, 2),
    twiceMean: mul(mean, 2),
    luminance: add(meanSquare, C1),
    contrast: add(sub(windowMean(square(padded), height, width), meanSquare), C2),
  };
}

/**
 * `clamp((1 - SSIM) / 2, 0, 1)` of every pixel over 3x3 windows with mirrored borders. The target is a constant.
 *
 * Works on planes, because pooling and element-wise arithmetic are fastest with a long last axis.
 *
 * @param planes `[groups, planes, variants, height * width]`; every group and variant is compared with the same target
 */
export function ssimLossPlanes(planes: Tensor4D, target: SsimTarget): Tensor4D {
  const { height, width, twicePadded, twiceMean, luminance, contrast } = target;
  const padded = pad(planes, height, width);
  return lossFromMeans(
    windowMean(padded, height, width),
    windowMean(square(padded), height, width),
    windowMean(mul(padded, twicePadded), height, width),
    { twiceMean, luminance, contrast },
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
 * From the window means of x, x² and 2xy to the loss, with its gradient written out: half the kernels of what autodiff records.
 * Where the clamp holds the loss at 0 the gradient is 0; at exactly 0 the two images agree and it is 0 anyway.
 */
function lossFromMeans(
  mean: Tensor4D,
  meanOfSquare: Tensor4D,
  meanOfTwiceProduct: Tensor4D,
  { twiceMean, luminance, contrast }: Pick<SsimTarget, 'twiceMean' | 'luminance' | 'contrast'>,
): Tensor4D {
  const squaredMean = square(mean);
  const product = mul(mean, twiceMean);
  const a1 = add(product, C1);
  const a2 = add(sub(meanOfTwiceProduct, product), C2);
  const b1 = add(squaredMean, luminance);
  const negativeB2 = sub(sub(squaredMean, meanOfSquare), contrast);
  const scale = div(0.5, mul(b1, negativeB2));
  const minusHalfSsim = mul(mul(a1, a2), scale);
  const value = clipByValue(add<Tensor4D>(minusHalfSsim, 0.5), 0, 1);
  return withGradient(
    [mean, meanOfSquare, meanOfTwiceProduct],
    value,
    [mean, a1, a2, b1, negativeB2, scale, minusHalfSsim, value, twiceMean],
    (dy, [mean, a1, a2, b1, negativeB2, scale, minusHalfSsim, value, twiceMean]) => {
      const inside = mul(dy, step(value));
      const scaled = mul(inside, scale);
      const weighted = mul(inside, minusHalfSsim);
      const toSquare = div(weighted, negativeB2);
      const toSquaredMean = mul(mean, add(div(weighted, b1), toSquare));
      const toMean = sub(mul(mul(scaled, sub(a2, a1)), twiceMean), mul(toSquaredMean, 2));
      return [toMean, toSquare, mul(scaled, a1)];
    },
  );
}
