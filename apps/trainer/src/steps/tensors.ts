import { tensor3d, tensor4d, type Tensor3D, type Tensor4D } from '@tensorflow/tfjs-core';
import { byteTensor } from '@segsde/jit';
import type { FloatMap, ImageU8, Intrinsics, LabelMap } from '@segsde/data-loaders';

/** The numbers of rasters of one size, one raster after the other. */
export function stack<Numbers extends Uint8Array | Float32Array>(rasters: readonly { data: Numbers }[]): Numbers {
  const [{ data }] = rasters;
  const stacked = new (data.constructor as new (length: number) => Numbers)(rasters.length * data.length);
  rasters.forEach((raster, i) => stacked.set(raster.data, i * data.length));
  return stacked;
}

/**
 * Images of one size as int32 `[batch, height, width, 3]` in 0..255, as steps take them; they go to
 * the engine as bytes.
 */
export function imageTensor(images: readonly ImageU8[]): Tensor4D {
  const [{ width, height }] = images;
  return byteTensor(stack(images), [images.length, height, width, 3]) as Tensor4D;
}

/** trainIds as int32 `[batch, height, width]`; they go to the engine as bytes. */
export function labelTensor(labels: readonly LabelMap[]): Tensor3D {
  const [{ width, height }] = labels;
  return byteTensor(stack(labels), [labels.length, height, width]) as Tensor3D;
}

/** One float a pixel as `[batch, height, width, 1]`. */
export function floatTensor(maps: readonly FloatMap[]): Tensor4D {
  const [{ width, height }] = maps;
  return tensor4d(stack(maps), [maps.length, height, width, 1]);
}

/** Camera matrices `[batch, 3, 3]` and their inverses. */
export function cameraTensors(cameras: readonly Intrinsics[]): { intrinsics: Tensor3D; inverseIntrinsics: Tensor3D } {
  const matrix = ({ fx, fy, u0, v0 }: Intrinsics) => [fx, 0, u0, 0, fy, v0, 0, 0, 1];
  const inverse = ({ fx, fy, u0, v0 }: Intrinsics) => [1 / fx, 0, -u0 / fx, 0, 1 / fy, -v0 / fy, 0, 0, 1];
  const shape: [number, number, number] = [cameras.length, 3, 3];
  return {
    intrinsics: tensor3d(cameras.flatMap(matrix), shape),
    inverseIntrinsics: tensor3d(cameras.flatMap(inverse), shape),
  };
}
