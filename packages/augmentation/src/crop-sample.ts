import { mapSample } from './map-sample.ts';
import type { SpatialSample } from './spatial-sample.ts';

/** A rectangle in pixels. */
export interface Crop {
  left: number;
  top: number;
  width: number;
  height: number;
}

/**
 * Cuts the same rectangle out of image, neighbours, label and disparity; the camera's centre moves
 * by its corner. Flip before cropping.
 *
 * @returns a copy; the sample itself is left alone
 * @throws if the rectangle leaves the image, or something of the sample has another size than the
 *   image
 */
export function cropSample<S extends SpatialSample>(sample: S, { left, top, width, height }: Crop): S {
  const { image } = sample;
  if (!(left >= 0 && top >= 0 && left + width <= image.width && top + height <= image.height))
    throw new Error(
      `cropSample: ${width}x${height} at (${left}, ${top}) does not lie inside of the ${image.width}x${image.height} image.`,
    );
  return mapSample(
    sample,
    (raster, what) => {
      if (raster.width !== image.width || raster.height !== image.height)
        throw new Error(
          `cropSample: the ${what} is ${raster.width}x${raster.height}, the image ${image.width}x${image.height}. Load both in one size.`,
        );
      const channels = raster.data.length / (raster.width * raster.height);
      const data = raster.data.slice(0, width * height * channels);
      for (let row = 0; row < height; row++) {
        const from = ((top + row) * raster.width + left) * channels;
        data.set(raster.data.subarray(from, from + width * channels), row * width * channels);
      }
      return { ...raster, width, height, data };
    },
    (intrinsics) => ({ ...intrinsics, u0: intrinsics.u0 - left, v0: intrinsics.v0 - top }),
  );
}
