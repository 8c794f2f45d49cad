import { dispose, tensor4d, type Tensor3D, type Tensor4D, type TensorContainer } from '@tensorflow/tfjs-core';
import { byteTensor } from '@segsde/jit';
import type { Snippet } from '../steps/snippet.ts';
import type { SampleBatch } from './collate.ts';
import { imagePyramid } from './image-pyramid.ts';

type Size = Pick<SampleBatch, 'batch' | 'height' | 'width'>;

/**
 * Images of a batch as steps take them, int32 `[batch, height, width, 3]` in 0..255; they go to the
 * engine as bytes.
 */
export const imagesTensor = ({ batch, height, width }: Size, images: Uint8Array): Tensor4D =>
  byteTensor(images, [batch, height, width, 3]) as Tensor4D;

/** trainIds of a batch, int32 `[batch, height, width]`, 255 where there are none. */
export const labelsTensor = ({ batch, height, width, labels }: SampleBatch): Tensor3D =>
  byteTensor(labels ?? new Uint8Array(batch * height * width).fill(255), [batch, height, width]) as Tensor3D;

/** The disparities of a batch that has them, `[batch, height, width, 1]`. */
export const disparitiesTensor = ({ batch, height, width, disparities }: SampleBatch): Tensor4D =>
  tensor4d(disparities!, [batch, height, width, 1]);

/** The frames of a batch that was loaded with neighbours. */
export const snippetTensors = (samples: SampleBatch): Snippet => ({
  target: imagesTensor(samples, samples.images),
  sources: samples.neighbours!.map((images) => imagesTensor(samples, images)),
});

/** The images at each of the decoder's scales. */
export function targetPyramid(
  { batch, height, width, images }: SampleBatch,
  scales: readonly number[],
): Record<number, Tensor4D> {
  // One above the other they are one image, in which no two meet: sizes are multiples of 32.
  const levels = imagePyramid({ width, height: batch * height, data: images }, Math.max(...scales) + 1);
  const level = (scale: number) =>
    imagesTensor({ batch, height: height >> scale, width: width >> scale }, levels[scale].data);
  return Object.fromEntries(scales.map((scale) => [scale, level(scale)]));
}

/** Frees every tensor of a step's input or result. */
export function disposeTensors(values: object): void {
  dispose(Object.values(values) as TensorContainer[]);
}
