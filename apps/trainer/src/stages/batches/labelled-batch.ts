import type { Sample } from '@segsde/data-loaders';
import type { Random } from '../../registry/definition.ts';
import type { LabelledBatch } from '../../steps/supervised-step.ts';
import type { SegmentationNetworkParts } from '../networks/segmentation-network.ts';
import { dropoutNoise } from './dropout.ts';
import { imageTensor, labelTensor } from './tensors.ts';

/** Samples with labels, as a step wants them. */
export function labelledBatch(
  samples: readonly Sample[],
  { student, random }: { student: SegmentationNetworkParts; random: Random },
): LabelledBatch {
  const image = imageTensor(samples.map((sample) => sample.image));
  return {
    image,
    label: labelTensor(samples.map(({ label }) => label!)),
    dropoutNoise: dropoutNoise(student, { imageShape: image.shape, random }),
  };
}
