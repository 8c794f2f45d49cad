import { join } from 'node:path';
import { loadWeights } from '@segsde/models';
import type { StageContext } from '../../run/stage.ts';
import { segmentationNetwork, type SegmentationNetworkParts } from './segmentation-network.ts';

/** A trained network out of the folder of a segmentation stage. */
export async function trainedSegmentation(
  context: Pick<StageContext, 'config' | 'registries'>,
  { folder, which, classes }: { folder: string; which: 'student' | 'teacher'; classes: number },
): Promise<SegmentationNetworkParts> {
  const network = segmentationNetwork(context, { classes });
  await loadWeights(network.encoder, join(folder, `${which}.encoder.safetensors`));
  await loadWeights(network.decoder, join(folder, `${which}.decoder.safetensors`));
  return network;
}
