import { tensor, tensor4d } from '@tensorflow/tfjs-core';
import type { LabelMap, Sample } from '@segsde/data-loaders';
import type { UnlabelledConfig } from '../../config/schema.ts';
import type { Random, MixingDefinition } from '../../registry/definition.ts';
import type { UnlabelledBatch } from '../../steps/segsde-step.ts';
import type { SegmentationNetworkParts } from '../networks/segmentation-network.ts';
import { dropoutNoise } from './dropout.ts';
import { strongDraws } from './strong-draws.ts';
import { floatTensor, imageTensor, labelTensor } from './tensors.ts';

export interface UnlabelledBatchOptions {
  options: UnlabelledConfig;
  mixing: MixingDefinition;
  classes: number;
  student: SegmentationNetworkParts;
  teacher: SegmentationNetworkParts;
  random: Random;
}

/** Samples to be mixed, and the draws of the mixing rule and the strong augmentation. Those that have a label are used with it. */
export function unlabelledBatch(
  samples: readonly Sample[],
  { options, mixing, classes, student, teacher, random }: UnlabelledBatchOptions,
): UnlabelledBatch {
  const { width, height } = samples[0].image;
  const batch = samples.length;
  const imageShape: [number, number, number, number] = [batch, height, width, 3];
  const unknown: LabelMap = { width, height, data: new Uint8Array(width * height).fill(255) };
  const noDisparity = { width, height, data: new Float32Array(width * height) };
  const mixingDraws = mixing.draw(options.mixing, random, { batch, height, width, classes });
  return {
    image: imageTensor(samples.map(({ image }) => image)),
    disparity: floatTensor(samples.map(({ disparity }) => disparity ?? noDisparity)),
    label: labelTensor(samples.map(({ label }) => label ?? unknown)),
    labelKnown: tensor4d(
      samples.map(({ label }) => (label ? 1 : 0)),
      [batch, 1, 1, 1],
    ),
    mixing: Object.fromEntries(Object.entries(mixingDraws).map(([name, values]) => [name, tensor(values)])),
    strong: strongDraws(options, { random, batch, height, width }),
    teacherDropoutNoise: dropoutNoise(teacher, { imageShape, random }),
    studentDropoutNoise: dropoutNoise(student, { imageShape, random }),
  };
}
