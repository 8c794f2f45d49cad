import { join } from 'node:path';
import { loadWeights } from '@segsde/models';
import type { StageContext } from '../../run/stage.ts';
import { segmentationNetwork, type SegmentationNetworkParts } from './segmentation-network.ts';

export interface TrainedWeights {
  /** The folder of a segmentation stage. */
  folder: string;
  which: 'student' | 'teacher';
}

/** Gives a network the weights that a segmentation stage has found. */
export async function loadTrained(network: SegmentationNetworkParts, { folder, which }: TrainedWeights): Promise<void> {
  await loadWeights(network.encoder, join(folder, `${which}.encoder.safetensors`));
  await loadWeights(network.decoder, join(folder, `${which}.decoder.safetensors`));
}

/** A network with the weights that a segmentation stage has found. */
export async function trainedSegmentation(
  context: Pick<StageContext, 'config' | 'registries'>,
  { classes, ...weights }: TrainedWeights & { classes: number },
): Promise<SegmentationNetworkParts> {
  const network = segmentationNetwork(context, { classes });
  await loadTrained(network, weights);
  return network;
}
