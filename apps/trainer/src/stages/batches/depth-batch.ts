import type { Tensor4D } from '@tensorflow/tfjs-core';
import type { ImageU8, Sample } from '@segsde/data-loaders';
import type { Cameras } from '../../steps/depth-step.ts';
import type { Snippet } from '../../steps/neighbour-poses.ts';
import { imagePyramid } from './image-pyramid.ts';
import { cameraTensors, imageTensor } from './tensors.ts';

/** The frames of samples that were loaded with neighbours. */
export function snippetTensors(samples: readonly Sample[]): Snippet {
  const sources = samples[0].neighbours!.map((_, i) => imageTensor(samples.map(({ neighbours }) => neighbours![i])));
  return { target: imageTensor(samples.map(({ image }) => image)), sources };
}

/** The cameras of samples that were loaded with neighbours. */
export function sampleCameras(samples: readonly Sample[]): Cameras {
  return cameraTensors(samples.map(({ intrinsics }) => intrinsics!));
}

/** The images at each of the decoder's scales. */
export function targetPyramid(images: readonly ImageU8[], scales: readonly number[]): Record<number, Tensor4D> {
  const pyramids = images.map((image) => imagePyramid(image, Math.max(...scales) + 1));
  return Object.fromEntries(scales.map((scale) => [scale, imageTensor(pyramids.map((pyramid) => pyramid[scale]))]));
}
