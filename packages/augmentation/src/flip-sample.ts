import { mapSample } from './map-sample.ts';
import type { SpatialSample } from './spatial-sample.ts';

/**
 * Mirrors a sample left to right, neighbours, label, disparity and camera with it: `u0' = width − 1 − u0`, `v0` stays.
 *
 * @returns a copy; the sample itself is left alone
 */
export function flipSample<S extends SpatialSample>(sample: S): S {
  return mapSample(
    sample,
    (raster) => {
      const { width, height } = raster;
      const data = raster.data.slice();
      const channels = data.length / (width * height);
      for (let row = 0; row < height; row++) {
        const first = row * width * channels;
        const last = first + (width - 1) * channels;
        for (let x = 0; x < width; x++)
          for (let c = 0; c < channels; c++) data[last - x * channels + c] = raster.data[first + x * channels + c];
      }
      return { ...raster, data };
    },
    (intrinsics) => ({ ...intrinsics, u0: sample.image.width - 1 - intrinsics.u0 }),
  );
}
