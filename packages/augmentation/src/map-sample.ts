import type { Intrinsics, SpatialSample } from './spatial-sample.ts';

type Raster = NonNullable<SpatialSample['image'] | SpatialSample['disparity']>;

/** A copy of the sample with every raster and the camera replaced; anything else stays. */
export function mapSample<S extends SpatialSample>(
  sample: S,
  raster: <R extends Raster>(raster: R, what: string) => R,
  camera: (intrinsics: Intrinsics) => Intrinsics,
): S {
  const { image, label, neighbours, disparity, intrinsics } = sample;
  return {
    ...sample,
    image: raster(image, 'image'),
    ...(label && { label: raster(label, 'label') }),
    ...(neighbours && { neighbours: neighbours.map((frame) => raster(frame, 'neighbour')) }),
    ...(disparity && { disparity: raster(disparity, 'disparity') }),
    ...(intrinsics && { intrinsics: camera(intrinsics) }),
  };
}
