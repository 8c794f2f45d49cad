import { tensor3d, tensor4d, type Tensor3D, type Tensor4D } from '@tensorflow/tfjs-core';
import type { FloatMap, ImageU8, Intrinsics, LabelMap } from '@segsde/data-loaders';

/** Images of one size as `[batch, height, width, 3]` in 0..1. */
export function imageTensor(images: readonly ImageU8[]): Tensor4D {
  const [{ width, height }] = images;
  const size = height * width * 3;
  const values = new Float32Array(images.length * size);
  images.forEach(({ data }, image) => {
    for (let i = 0; i < size; i++) values[image * size + i] = data[i] / 255;
  });
  return tensor4d(values, [images.length, height, width, 3]);
}

/** trainIds as int32 `[batch, height, width]`. */
export function labelTensor(labels: readonly LabelMap[]): Tensor3D {
  const [{ width, height }] = labels;
  const values = new Int32Array(labels.length * height * width);
  labels.forEach(({ data }, image) => values.set(data, image * height * width));
  return tensor3d(values, [labels.length, height, width], 'int32');
}

/** One float a pixel as `[batch, height, width, 1]`. */
export function floatTensor(maps: readonly FloatMap[]): Tensor4D {
  const [{ width, height }] = maps;
  const values = new Float32Array(maps.length * height * width);
  maps.forEach(({ data }, image) => values.set(data, image * height * width));
  return tensor4d(values, [maps.length, height, width, 1]);
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
