import { tensor3d, tensor4d, type Tensor3D, type Tensor4D } from '@tensorflow/tfjs-core';
import { byteTensor } from '@segsde/jit';
import type { FloatMap, ImageU8, Intrinsics, LabelMap } from '@segsde/data-loaders';
import { imagesTensor } from './batch-tensors.ts';
import { joinRasters } from './join-rasters.ts';

/** Images of one size as int32 `[batch, height, width, 3]` in 0..255, as steps take them; they go to the engine as bytes. */
export function imageTensor(images: readonly ImageU8[]): Tensor4D {
  const [{ width, height }] = images;
  return imagesTensor({ batch: images.length, height, width }, joinRasters(images));
}

/** trainIds as int32 `[batch, height, width]`; they go to the engine as bytes. */
export function labelTensor(labels: readonly LabelMap[]): Tensor3D {
  const [{ width, height }] = labels;
  return byteTensor(joinRasters(labels), [labels.length, height, width]) as Tensor3D;
}

/** One float a pixel as `[batch, height, width, 1]`. */
export function floatTensor(maps: readonly FloatMap[]): Tensor4D {
  const [{ width, height }] = maps;
  return tensor4d(joinRasters(maps), [maps.length, height, width, 1]);
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
