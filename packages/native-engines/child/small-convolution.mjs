// What the engines are tested with: a 3x3 convolution with a border of zeros that learns to give
// zero.

/** Height and width of the image. */
export const SIDE = 8;

const waves = (length, pace) => Float32Array.from({ length }, (_, i) => Math.sin(pace * (i + 1)));

/** Mean square of the convolution's outputs: the loss before the first step. */
function lossOf(image, filter, channels) {
  let sum = 0;
  for (let row = 0; row < SIDE; row++) {
    for (let column = 0; column < SIDE; column++) {
      for (let to = 0; to < channels; to++) {
        let output = 0;
        for (let tap = 0; tap < 9; tap++) {
          const [y, x] = [row + Math.floor(tap / 3) - 1, column + (tap % 3) - 1];
          if (y < 0 || x < 0 || y >= SIDE || x >= SIDE) continue;
          for (let from = 0; from < channels; from++) {
            output += image[(y * SIDE + x) * channels + from] * filter[(tap * channels + from) * channels + to];
          }
        }
        sum += output * output;
      }
    }
  }
  return sum / image.length;
}

/**
 * @returns `image` [1, SIDE, SIDE, channels], `filter` [3, 3, channels, channels], and a function
 *   that throws unless the losses of a training on them begin with what plain JavaScript computes,
 *   and fall
 */
export function smallConvolution(channels) {
  const image = waves(SIDE * SIDE * channels, 0.7);
  const filter = waves(9 * channels * channels, 1.3).map((value) => value / channels);
  const expected = lossOf(image, filter, channels);
  const judge = (losses) => {
    const [first, last] = [losses[0], losses.at(-1)];
    // TF32 on a CUDA card keeps 10 bits of a product's factors.
    if (!(Math.abs(first - expected) <= 2e-3 * expected)) {
      throw new Error(`a convolution gives a wrong value: the loss is ${first}, it should be ${expected}`);
    }
    if (!(last < first / 2)) {
      throw new Error(`training does not learn: the loss goes from ${first} to ${last} in ${losses.length} steps`);
    }
    return [first, last];
  };
  return { image, filter, judge };
}
