import { poseNetwork as buildPoseNetwork, type PoseNetwork as PoseNetworkParts } from '@segsde/models';
import type { Config } from '../config/schema.ts';
import { seedFor } from '../data/draws.ts';
import type { PoseNetwork } from '../steps/pose-network.ts';

export interface TrainablePose extends PoseNetwork {
  network: PoseNetworkParts;
}

/** The pose network with random weights, which follow from the config's seed. */
export function poseNetwork({ pose, seed }: { pose: Config['model']['pose']; seed: number }): TrainablePose {
  const network = buildPoseNetwork({ ...pose, seed: seedFor(seed, 'pose network') });
  return {
    network,
    motion: (earlier, later, { training }) => network.apply(earlier, later, { training }),
    variables: network.variables,
  };
}
