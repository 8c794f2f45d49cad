import { clampedDepth } from './clamped-depth.ts';

export type DisparityErrorType = 'abs' | 'abs_log' | 'sq' | 'abs_rel' | 'sq_rel' | 'abs_inv' | 'abs_inv_log';

export interface DisparityErrorOptions {
  width: number;
  height: number;
  /** Default: `abs_log`. */
  type?: DisparityErrorType;
}

const farDisparity = 0.07;
const farMargin = 3;
const shareAboveOwnCar = 0.87;
const relativeOffset = 0.1;

const errors: Record<DisparityErrorType, (student: number, teacher: number) => number> = {
  abs: (s, t) => Math.abs(s - t),
  abs_log: (s, t) => Math.abs(Math.log1p(s) - Math.log1p(t)),
  sq: (s, t) => (s - t) ** 2,
  abs_rel: (s, t) => Math.abs(s - t) / (t + relativeOffset),
  sq_rel: (s, t) => (s - t) ** 2 / (t + relativeOffset),
  abs_inv: (s, t) => Math.abs(clampedDepth(s) - clampedDepth(t)),
  abs_inv_log: (s, t) => Math.abs(Math.log(clampedDepth(s)) - Math.log(clampedDepth(t))),
};

/**
 * Where the student's disparity differs from the teacher's (docs/method.md, section 5.3). 0 within
 * 3 pixels of a teacher disparity below 0.07 (sky, far away, and moving cars that the teacher takes
 * for infinitely far) and in the rows from 0.87 of the height on (the own car).
 *
 * @param student `[height, width]`, 0..1
 * @param teacher `[height, width]`, 0..1 over the full image
 */
export function disparityErrorMap(
  student: ArrayLike<number>,
  teacher: ArrayLike<number>,
  { width, height, type = 'abs_log' }: DisparityErrorOptions,
): Float32Array {
  const pixels = width * height;
  if (student.length !== pixels || teacher.length !== pixels) {
    throw new Error(
      `Disparities of ${student.length} and ${teacher.length} pixels, not ${width} x ${height}, cannot be compared.`,
    );
  }
  const errorOf = errors[type];
  const map = Float32Array.from({ length: pixels }, (_, at) => errorOf(student[at], teacher[at]));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (teacher[y * width + x] >= farDisparity) continue;
      const [left, right] = [Math.max(x - farMargin, 0), Math.min(x + farMargin, width - 1)];
      for (let row = Math.max(y - farMargin, 0); row <= Math.min(y + farMargin, height - 1); row++) {
        map.fill(0, row * width + left, row * width + right + 1);
      }
    }
  }
  return map.fill(0, Math.floor(shareAboveOwnCar * height) * width);
}

/**
 * How uncertain the student is about an image: the mean of its {@link disparityErrorMap} over all
 * pixels, the masked ones included.
 */
export function disparityUncertainty(
  student: ArrayLike<number>,
  teacher: ArrayLike<number>,
  options: DisparityErrorOptions,
): number {
  const map = disparityErrorMap(student, teacher, options);
  return map.reduce((sum, error) => sum + error, 0) / map.length;
}
