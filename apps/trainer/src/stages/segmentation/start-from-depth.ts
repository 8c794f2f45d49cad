import { join } from 'node:path';
import { loadWeights } from '@segsde/models';
import type { Stage, StageContext } from '../../run/stage.ts';
import { UserError } from '../../run/user-error.ts';
import type { SegmentationNetworkParts } from '../networks/segmentation-network.ts';

/** Where a segmentation decoder keeps the U-Net that depth learning has trained (METHOD 2.8). */
const UNET = 'unet_dec.';

/** Gives the encoder and the decoder's U-Net the weights that depth learning found (METHOD 2.9). */
export async function startFromDepth(
  { config, folderOf }: Pick<StageContext, 'config' | 'folderOf'>,
  { student, depth }: { student: SegmentationNetworkParts; depth: Stage | undefined },
): Promise<void> {
  if (!depth) throw new Error('there is no depth to start from');
  await loadWeights(student.encoder, join(folderOf(depth), 'encoder.safetensors'));
  // Not strict: the segmentation decoder may have disparity heads of scales that were not learnt.
  const { unexpected } = await loadWeights(student.decoder, join(folderOf(depth), 'depth.safetensors'), {
    strict: false,
    into: UNET,
  });
  if (unexpected.length > 0) {
    throw new UserError(
      `model.segmentation "${config.model.segmentation.name}" cannot start from depth: it lacks ${unexpected[0]}. Train this variant with init: random, or give the decoder a U-Net named "${UNET}".`,
    );
  }
}
