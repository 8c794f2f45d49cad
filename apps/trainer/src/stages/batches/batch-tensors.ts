import { tensor4d, type Tensor3D, type Tensor4D } from '@tensorflow/tfjs-core';
import { byteTensor } from '@segsde/jit';
import type { SampleBatch } from './join-samples.ts';

type Size = Pick<SampleBatch, 'batch' | 'height' | 'width'>;

/** Images of a batch as steps take them. */
export const imagesTensor = ({ batch, height, width }: Size, images: Uint8Array): Tensor4D =>
  byteTensor(images, [batch, height, width, 3]) as Tensor4D;

/** The labels of a batch as steps take them, 255 where there are none. */
export const labelsTensor = ({ batch, height, width, labels }: SampleBatch): Tensor3D =>
  byteTensor(labels ?? new Uint8Array(batch * height * width).fill(255), [batch, height, width]) as Tensor3D;

/** The disparities of a batch that has them, `[batch, height, width, 1]`. */
export const disparitiesTensor = ({ batch, height, width, disparities }: SampleBatch): Tensor4D =>
  tensor4d(disparities!, [batch, height, width, 1]);
