import type { Random } from '../../registry/definition.ts';
import type { LabelledBatch } from '../../steps/supervised-step.ts';
import type { SegmentationNetworkParts } from '../networks/segmentation-network.ts';
import { dropoutNoise } from './dropout.ts';
import { imagesTensor, labelsTensor } from './batch-tensors.ts';
import type { SampleBatch } from './join-samples.ts';

/** Samples with labels, as a step wants them. */
export function labelledBatch(
  samples: SampleBatch,
  { student, random }: { student: SegmentationNetworkParts; random: Random },
): LabelledBatch {
  const image = imagesTensor(samples, samples.images);
  return {
    image,
    label: labelsTensor(samples),
    dropoutNoise: dropoutNoise(student, { imageShape: image.shape, random }),
  };
}
