import { valueAndGradients, type Optimizer } from '@segsde/optim';
import { bytesToUnitRange } from './bytes-to-unit-range.ts';
import type { LabelledBatch } from './labelled-batch.ts';
import type { SegmentationLoss } from './loss-functions.ts';
import type { SegmentationNetwork } from './segmentation-network.ts';

/**
 * What the labelled images say: the student's loss and its gradients by variable name. Traceable;
 * the student's running statistics move.
 *
 * @param optimizer of which only the scale of the loss counts
 */
export const supervisedGradients = (
  { student, optimizer }: { student: SegmentationNetwork; optimizer: Pick<Optimizer, 'scale'> },
  { image, label, dropoutNoise }: LabelledBatch,
  loss: SegmentationLoss,
) =>
  valueAndGradients(
    student.variables,
    () => ({
      supervised: loss(student.segment(bytesToUnitRange(image), { training: true, dropoutNoise }), label),
    }),
    optimizer,
  );
