/** Numbers per image of a color transform, in the shape `[7, 3]` that {@link colorJitter} takes. */
export const COLOR_TRANSFORM_LENGTH = 21;

/** An operation as it acts on the colours x of an image whose mean colour is m. */
export type ColorOperation =
  /** x + by */
  | { kind: 'addBrightness'; by: number }
  /** x · by */
  | { kind: 'scale'; by: number }
  /** by · x + (1 − by) · grey(m) */
  | { kind: 'contrast'; by: number }
  /** by · x + (1 − by) · grey(x) */
  | { kind: 'saturation'; by: number }
  /**
   * x turned around the grey axis of YIQ by this share of a full turn, from red towards green:
   * brightness stays
   */
  | { kind: 'hue'; by: number };

const GREY = [0.299, 0.587, 0.114];
const TO_YIQ = [GREY, [0.595716, -0.274453, -0.321263], [0.211456, -0.522591, 0.311135]];
const FROM_YIQ = inverse(TO_YIQ);

/**
 * Colour operations, in their order, as one affine map: `x' = A x + B m + c` with the image's mean
 * colour m. Clamping happens once, at the end, in {@link colorJitter}; that an operation in between
 * would have left 0..1 does not lose the pixel's colour.
 *
 * @returns 21 numbers: Aᵀ (3x3), Bᵀ (3x3), c
 */
export function colorTransform(operations: readonly ColorOperation[]): Float32Array {
  let ofPixel = identity();
  let ofMean = scaled(identity(), 0);
  let offset = [0, 0, 0];
  for (const operation of operations) {
    const { by } = operation;
    if (operation.kind === 'addBrightness') {
      offset = offset.map((value) => value + by);
    } else if (operation.kind === 'contrast') {
      const greyOf = [GREY, GREY, GREY];
      const meanNow = sum(ofPixel, ofMean);
      ofMean = sum(scaled(ofMean, by), scaled(product(greyOf, meanNow), 1 - by));
      offset = offset.map((value) => by * value + (1 - by) * dot(GREY, offset));
      ofPixel = scaled(ofPixel, by);
    } else {
      const matrix = linear(operation);
      ofPixel = product(matrix, ofPixel);
      ofMean = product(matrix, ofMean);
      offset = matrix.map((row) => dot(row, offset));
    }
  }
  return Float32Array.from([...transposed(ofPixel), ...transposed(ofMean), offset].flat());
}

function linear({ kind, by }: ColorOperation): number[][] {
  if (kind === 'scale') return scaled(identity(), by);
  if (kind === 'saturation') return sum(scaled(identity(), by), scaled([GREY, GREY, GREY], 1 - by));
  const [cos, sin] = [Math.cos(2 * Math.PI * by), Math.sin(2 * Math.PI * by)];
  const turn = [
    [1, 0, 0],
    [0, cos, sin],
    [0, -sin, cos],
  ];
  return product(FROM_YIQ, product(turn, TO_YIQ));
}

function identity(): number[][] {
  return [0, 1, 2].map((i) => [0, 1, 2].map((j) => (i === j ? 1 : 0)));
}

function dot(a: number[], b: number[]): number {
  return a.reduce((total, value, i) => total + value * b[i], 0);
}

function transposed(a: number[][]): number[][] {
  return a[0].map((_, j) => a.map((row) => row[j]));
}

function product(a: number[][], b: number[][]): number[][] {
  const columns = transposed(b);
  return a.map((row) => columns.map((column) => dot(row, column)));
}

function sum(a: number[][], b: number[][]): number[][] {
  return a.map((row, i) => row.map((value, j) => value + b[i][j]));
}

function scaled(a: number[][], by: number): number[][] {
  return a.map((row) => row.map((value) => value * by));
}

function inverse([[a, b, c], [d, e, f], [g, h, i]]: number[][]): number[][] {
  const cofactors = [
    [e * i - f * h, c * h - b * i, b * f - c * e],
    [f * g - d * i, a * i - c * g, c * d - a * f],
    [d * h - e * g, b * g - a * h, a * e - b * d],
  ];
  return scaled(cofactors, 1 / (a * cofactors[0][0] + b * cofactors[1][0] + c * cofactors[2][0]));
}
