import { tensor, tensor4d } from '@tensorflow/tfjs-core';
import type { UnlabelledConfig } from '../../config/schema.ts';
import type { Random, MixingDefinition } from '../../registry/definition.ts';
import type { UnlabelledBatch } from '../../steps/segsde-step.ts';
import type { SegmentationNetworkParts } from '../networks/segmentation-network.ts';
import { dropoutNoise } from './dropout.ts';
import { strongDraws } from './strong-draws.ts';
import { disparitiesTensor, imagesTensor, labelsTensor } from './batch-tensors.ts';
import type { SampleBatch } from './join-samples.ts';

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
  samples: SampleBatch,
  { options, mixing, classes, student, teacher, random }: UnlabelledBatchOptions,
): UnlabelledBatch {
  const { batch, height, width } = samples;
  const imageShape: [number, number, number, number] = [batch, height, width, 3];
  const mixingDraws = mixing.draw(options.mixing, random, { batch, height, width, classes });
  return {
    image: imagesTensor(samples, samples.images),
    ...(samples.disparities && { disparity: disparitiesTensor(samples) }),
    label: labelsTensor(samples),
    labelKnown: tensor4d(samples.isLabelled.map(Number), [batch, 1, 1, 1]),
    mixing: Object.fromEntries(Object.entries(mixingDraws).map(([name, values]) => [name, tensor(values)])),
    strong: strongDraws(options, { random, batch, height, width }),
    teacherDropoutNoise: dropoutNoise(teacher, { imageShape, random }),
    studentDropoutNoise: dropoutNoise(student, { imageShape, random }),
  };
}
