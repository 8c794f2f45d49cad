/** Pinhole camera in pixels of the image it belongs to; pixel centres are integers. */
export interface Intrinsics {
  fx: number;
  fy: number;
  u0: number;
  v0: number;
}

interface Raster<Data extends Uint8Array | Float32Array> {
  width: number;
  height: number;
  /** Row by row, channels of a pixel side by side. */
  data: Data;
}

/** What belongs to one image and has to move with it; a sample of `@segsde/data-loaders` is one. */
export interface SpatialSample {
  image: Raster<Uint8Array>;
  label?: Raster<Uint8Array>;
  neighbours?: Raster<Uint8Array>[];
  disparity?: Raster<Float32Array>;
  intrinsics?: Intrinsics;
}
