import { tensor1d, tidy } from '@tensorflow/tfjs-core';
import { poseNetwork, type PoseNetwork } from '@segsde/models';
import type { StageContext } from '../../run/stage.ts';
import type { PoseNetwork as MotionNetwork } from '../../steps/pose-network.ts';
import { seedFor } from '../batches/random-at.ts';

export interface MotionNetworkParts extends MotionNetwork {
  network: PoseNetwork;
}

/** The pose head's last bias: rotation and translation of two frames, which are multiplied by 0.01 (METHOD 2.6). */
const LAST_BIAS = 'net.3.bias';
const TRANSLATION_Z = [5, 11];
const OUTPUT_SCALE = 0.01;

/** The pose network with random weights, which follow from the config's seed; before it has learnt anything it says that the camera moves ahead. */
export function motionNetwork({ config }: Pick<StageContext, 'config'>): MotionNetworkParts {
  const { width, initialForward } = config.model.pose;
  const network = poseNetwork({ width, seed: seedFor(config.seed, 'pose network') });
  const bias = network.stateDict.get(LAST_BIAS)!;
  // What the camera moves towards comes closer, so its z in the later frame is smaller.
  const forward = Array.from(bias.dataSync(), (value, i) =>
    TRANSLATION_Z.includes(i) ? value - initialForward / OUTPUT_SCALE : value,
  );
  tidy(() => bias.assign(tensor1d(forward)));
  return {
    network,
    motion: (earlier, later, { training }) => network.apply(earlier, later, { training }),
    variables: network.variables,
  };
}
