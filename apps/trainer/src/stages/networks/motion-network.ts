import { poseNetwork, type PoseNetwork } from '@segsde/models';
import type { StageContext } from '../../run/stage.ts';
import type { PoseNetwork as MotionNetwork } from '../../steps/pose-network.ts';
import { seedFor } from '../batches/random-at.ts';

export interface MotionNetworkParts extends MotionNetwork {
  network: PoseNetwork;
}

/** The pose network with random weights, which follow from the config's seed. */
export function motionNetwork({ config }: Pick<StageContext, 'config'>): MotionNetworkParts {
  const network = poseNetwork({ width: config.model.pose.width, seed: seedFor(config.seed, 'pose network') });
  return {
    network,
    motion: (earlier, later, { training }) => network.apply(earlier, later, { training }),
    variables: network.variables,
  };
}
