import { mapSample } from './map-sample.ts';
import type { SpatialSample } from './spatial-sample.ts';

/** Turns a row of pixels round, in place. */
function mirror(row: Uint8Array | Float32Array, channels: number): void {
  // The channels of each pixel come out backwards as well, and are put right again.
  row.reverse();
  if (channels === 3) {
    for (let i = 0; i < row.length; i += 3) {
      const first = row[i];
      row[i] = row[i + 2];
      row[i + 2] = first;
    }
  } else if (channels > 1) {
    for (let i = 0; i < row.length; i += channels) row.subarray(i, i + channels).reverse();
  }
}

/**
 * Mirrors a sample left to right, neighbours, label, disparity and camera with it:
 * `u0' = width − 1 − u0`, `v0` stays.
 *
 * @returns a copy; the sample itself is left alone
 */
export function flipSample<S extends SpatialSample>(sample: S): S {
  return mapSample(
    sample,
    (raster) => {
      const { width, height } = raster;
      const data = raster.data.slice();
      const length = data.length / height;
      const channels = length / width;
      for (let row = 0; row < height; row++) mirror(data.subarray(row * length, (row + 1) * length), channels);
      return { ...raster, data };
    },
    (intrinsics) => ({ ...intrinsics, u0: sample.image.width - 1 - intrinsics.u0 }),
  );
}
