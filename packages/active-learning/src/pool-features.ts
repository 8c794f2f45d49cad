export interface FeatureMapShape {
  height: number;
  width: number;
  channels: number;
  /** Rows of cells; there are twice as many columns. Default 4 (docs/method.md, section 5.4). */
  rows?: number;
}

/**
 * Reduces a feature map `[height, width, channels]` to `rows x 2 rows` cells
 * `[rows, 2 rows, channels]`; cell i covers the pixels from floor(i n / cells) to ceil((i + 1) n /
 * cells), so that cells may overlap where the size does not divide.
 */
const poolFeatures = (
  map: ArrayLike<number>,
  { height, width, channels, rows = 4 }: FeatureMapShape,
  start: number,
  accumulate: (accumulator: number, value: number) => number,
  finish: (accumulator: number, pixels: number) => number,
): Float32Array => {
  if (map.length !== height * width * channels) {
    throw new Error(`The feature map has ${map.length} values, not ${height} x ${width} x ${channels}.`);
  }
  const columns = 2 * rows;
  const pooled = new Float32Array(rows * columns * channels);
  for (let row = 0; row < rows; row++) {
    const [top, bottom] = [Math.floor((row * height) / rows), Math.ceil(((row + 1) * height) / rows)];
    for (let column = 0; column < columns; column++) {
      const [left, right] = [Math.floor((column * width) / columns), Math.ceil(((column + 1) * width) / columns)];
      for (let channel = 0; channel < channels; channel++) {
        let accumulator = start;
        for (let y = top; y < bottom; y++) {
          for (let x = left; x < right; x++)
            accumulator = accumulate(accumulator, map[(y * width + x) * channels + channel]);
        }
        pooled[(row * columns + column) * channels + channel] = finish(accumulator, (bottom - top) * (right - left));
      }
    }
  }
  return pooled;
};

/**
 * Mean of each cell of a `rows x 2 rows` grid over a feature map `[height, width, channels]`:
 * `[rows, 2 rows, channels]`, flat.
 */
export const averagePoolFeatures = (map: ArrayLike<number>, shape: FeatureMapShape): Float32Array =>
  poolFeatures(
    map,
    shape,
    0,
    (sum, value) => sum + value,
    (sum, pixels) => sum / pixels,
  );

/**
 * Maximum of each cell of a `rows x 2 rows` grid over a feature map `[height, width, channels]`:
 * `[rows, 2 rows, channels]`, flat.
 */
export const maxPoolFeatures = (map: ArrayLike<number>, shape: FeatureMapShape): Float32Array =>
  poolFeatures(map, shape, -Infinity, Math.max, (largest) => largest);
