import type { Tensor4D } from '@tensorflow/tfjs-core';
import type { Cameras } from '../../steps/depth-step.ts';
import type { Snippet } from '../../steps/neighbour-poses.ts';
import { imagesTensor } from './batch-tensors.ts';
import { imagePyramid } from './image-pyramid.ts';
import type { SampleBatch } from './join-samples.ts';
import { cameraTensors } from './tensors.ts';

/** The frames of samples that were loaded with neighbours. */
export const snippetTensors = (samples: SampleBatch): Snippet => ({
  target: imagesTensor(samples, samples.images),
  sources: samples.neighbours!.map((images) => imagesTensor(samples, images)),
});

/** The cameras of samples that were loaded with neighbours. */
export const sampleCameras = ({ intrinsics }: SampleBatch): Cameras => cameraTensors(intrinsics!);

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
