import type { Value } from '../graph.ts';
import type { Conv2DInfo } from '../kernels/conv2d-info.ts';
import type { Lowering } from './lowering.ts';

/*
 * Convolution by Winograd's F(4 x 4, 3 x 3): 36 multiplications give 16 pixels that otherwise take 144 (Lavin and Gray 2016, "Fast Algorithms for Convolutional
 * Neural Networks", section 4.3). Filters must be fixed: they are transformed once. The rounding is about five times that of a convolution.
 */

/**
 * Rows and columns of a tile of pixels that one matrix product gives, and of the piece of the image
 * that they look at.
 */
const [TILE, PIECE] = [4, 6];
const FILTER = 3;

/**
 * Where the polynomials behind the algorithm are evaluated, and at infinity. Of the customary 0,
 * ±1, ±2 the rounding is twice as large, and four times in the worst pixel.
 */
const POINTS = [0, 3 / 4, -3 / 4, 3 / 2, -3 / 2];

const powers = (x: number, count: number) => Array.from({ length: count }, (_, exponent) => x ** exponent);
const without = (points: readonly number[], k: number) => points.filter((_, i) => i !== k);

/**
 * Coefficients of the polynomial with these zeros and leading coefficient 1, the constant first.
 */
const polynomial = (zeros: readonly number[]): number[] =>
  zeros.reduce(
    (coefficients, zero) => [0, ...coefficients].map((value, i) => value - zero * (coefficients[i] ?? 0)),
    [1],
  );

/** `[PIECE, PIECE]`: coefficients of the polynomial that is 0 in all other points. */
const INPUT_TRANSFORM = [
  ...POINTS.map((_, k) => [...polynomial(without(POINTS, k)), 0]),
  polynomial(POINTS), // At infinity.
];

/** `[PIECE, FILTER]`: the filter's value in each point, divided by that of the polynomial above. */
const FILTER_TRANSFORM = [
  ...POINTS.map((point, k) => {
    const divisor = without(POINTS, k).reduce((product, other) => product * (point - other), 1);
    return powers(point, FILTER).map((power) => power / divisor);
  }),
  [0, 0, 1],
];

/** `[TILE, PIECE]` */
const OUTPUT_TRANSFORM = Array.from({ length: TILE }, (_, i) => [
  ...POINTS.map((point) => point ** i),
  i === TILE - 1 ? 1 : 0,
]);

/** The transform along rows and columns at once: `[rows², columns²]`. */
function inBothAxes(transform: readonly number[][]): Float32Array {
  const rows = transform.flatMap((above) => transform.map((beside) => above.flatMap((a) => beside.map((b) => a * b))));
  return Float32Array.from(rows.flat());
}

/**
 * The first pixels of the tiles along one axis of `size` output pixels; a dilated convolution is
 * one for every `dilation`-th pixel, with tiles of its own.
 */
const tileStarts = (size: number, dilation: number): number[] =>
  Array.from({ length: Math.min(dilation, size) }, (_, first) => first).flatMap((first) =>
    Array.from({ length: Math.ceil((size - first) / (TILE * dilation)) }, (_, tile) => first + tile * TILE * dilation),
  );

/** The tiles of a batch, by image and first pixel. */
function tilesOf(info: Conv2DInfo): [number, number, number][] {
  const columns = tileStarts(info.outWidth, info.dilationWidth);
  return Array.from({ length: info.batchSize }, (_, n) => n).flatMap((n) =>
    tileStarts(info.outHeight, info.dilationHeight).flatMap((row) =>
      columns.map((column): [number, number, number] => [n, row, column]),
    ),
  );
}

/** Larger filters, of 36 numbers in place of 9, take more memory than they are worth. */
const MOST_WEIGHTS = 131072;

/**
 * Whether Winograd's way is faster than the blocked one. Few channels or many pixels make it a
 * matter of memory's speed; tiles beyond the border are wasted.
 */
export function isWinogradFaster(info: Conv2DInfo): boolean {
  const pixels = info.batchSize * info.outHeight * info.outWidth;
  const suits =
    info.filterHeight === 3 &&
    info.filterWidth === 3 &&
    info.strideHeight === 1 &&
    info.strideWidth === 1 &&
    Math.min(info.inChannels, info.outChannels) >= 128 &&
    info.inChannels * info.outChannels <= MOST_WEIGHTS &&
    pixels >= 384 &&
    pixels <= 8192;
  return suits && tilesOf(info).length * TILE * TILE <= 1.25 * pixels;
}

/**
 * For each position in a piece, of each tile, the pixel of the batch that lies there; padding is
 * the number after the last pixel.
 */
function pieces(info: Conv2DInfo, tiles: readonly (readonly [number, number, number])[]): number[] {
  const { inHeight: h, inWidth: w, padInfo: pad, dilationHeight, dilationWidth } = info;
  const padding = info.batchSize * h * w;
  return Array.from({ length: PIECE * PIECE }, (_, k) => k).flatMap((k) =>
    tiles.map(([n, row, column]) => {
      const y = row - pad.top + Math.floor(k / PIECE) * dilationHeight;
      const x = column - pad.left + (k % PIECE) * dilationWidth;
      return y >= 0 && y < h && x >= 0 && x < w ? (n * h + y) * w + x : padding;
    }),
  );
}

/** For each pixel of the result, where it lies among `[positions in a tile, tiles]`. */
function placesInTiles(info: Conv2DInfo, tiles: readonly (readonly [number, number, number])[]): number[] {
  const { outHeight: h, outWidth: w, dilationHeight, dilationWidth } = info;
  const places = new Array<number>(info.batchSize * h * w);
  tiles.forEach(([n, row, column], tile) => {
    for (let k = 0; k < TILE * TILE; k++) {
      const y = row + Math.floor(k / TILE) * dilationHeight;
      const x = column + (k % TILE) * dilationWidth;
      if (y < h && x < w) places[(n * h + y) * w + x] = k * tiles.length + tile;
    }
  });
  return places;
}

/** Writes `y`, pixel by pixel: for filters of 3 x 3 without strides. */
export function lowerWinograd(x: Value, filter: Value, y: Value, info: Conv2DInfo, to: Lowering): void {
  const { onnx } = to;
  const { inChannels: c, outChannels: o } = info;
  const [positions, tilePixels] = [PIECE * PIECE, TILE * TILE];
  const tiles = tilesOf(info);
  const transformed = (transform: readonly number[][], rows: string, dims: readonly number[]) => {
    const matrix = onnx.floats(inBothAxes(transform), [transform.length ** 2, transform[0].length ** 2]);
    return onnx.op('Reshape', [onnx.op('MatMul', [matrix, rows]), onnx.ints(dims)]);
  };
  const weights = to.cached(filter, 'winograd', () =>
    transformed(FILTER_TRANSFORM, onnx.op('Reshape', [to.get(filter), onnx.ints([9, c * o])]), [positions, c, o]),
  );
  const sources = pieces(info, tiles);
  const inPixels = info.batchSize * info.inHeight * info.inWidth;
  const pixels = onnx.op('Reshape', [to.get(x), onnx.ints([inPixels, c])]);
  const source = sources.includes(inPixels)
    ? onnx.op('Concat', [pixels, onnx.floats(new Float32Array(c), [1, c])], { axis: 0 })
    : pixels;
  const gathered = onnx.op('Gather', [source, onnx.ints(sources)], { axis: 0 });
  const rows = onnx.op('Reshape', [gathered, onnx.ints([positions, tiles.length * c])]);
  const products = onnx.op('MatMul', [transformed(INPUT_TRANSFORM, rows, [positions, tiles.length, c]), weights]);
  const inTiles = transformed(
    OUTPUT_TRANSFORM,
    onnx.op('Reshape', [products, onnx.ints([positions, tiles.length * o])]),
    [tilePixels * tiles.length, o],
  );
  const result = onnx.op('Gather', [inTiles, onnx.ints(placesInTiles(info, tiles))], { axis: 0 });
  to.set(y, onnx.op('Reshape', [result, onnx.ints([info.batchSize, info.outHeight, info.outWidth, o])]));
  // What follows convolutions is fastest in blocks.
  to.get(y, 'blocked');
}
