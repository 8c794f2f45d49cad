import { blurKernelSize } from './blur-kernel-size.ts';

/** Taps of each kernel that {@link gaussianBlur} takes. */
export const BLUR_TAPS = 9;

/**
 * Gaussian weights along y and x for {@link gaussianBlur}. Small images get fewer taps (see
 * {@link blurKernelSize}), the rest is 0. Nine taps hold all but a thousandth of a Gaussian with σ
 * up to 1.15.
 *
 * @param sigma in pixels; 0 leaves images as they are
 * @returns `[2, 9]`
 */
export function gaussianKernels(sigma: number, { height, width }: { height: number; width: number }): Float32Array {
  return Float32Array.from([height, width].flatMap((side) => gaussianKernel(sigma, blurKernelSize(side))));
}

function gaussianKernel(sigma: number, size: number): number[] {
  const centre = (BLUR_TAPS - 1) / 2;
  const weights = Array.from({ length: BLUR_TAPS }, (_, i) => {
    const distance = Math.abs(i - centre);
    if (distance === 0) return 1;
    return sigma > 0 && distance <= (size - 1) / 2 ? Math.exp(-(distance ** 2) / (2 * sigma ** 2)) : 0;
  });
  const total = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / total);
}
