import { join } from 'node:path';
import { loadWeights } from '@segsde/models';
import type { Stage, StageContext } from '../../run/stage.ts';
import { depthNetwork, type DepthNetwork } from './depth-network.ts';

/** The network that the depth stage has trained. */
export async function learntDepth(
  context: Pick<StageContext, 'config' | 'registries' | 'folderOf'>,
  depth: Stage,
): Promise<DepthNetwork> {
  const network = depthNetwork(context, { purpose: 'depth network', scales: context.config.depth!.scales });
  await loadWeights(network.encoder, join(context.folderOf(depth), 'encoder.safetensors'));
  await loadWeights(network.decoder, join(context.folderOf(depth), 'depth.safetensors'));
  return network;
}
