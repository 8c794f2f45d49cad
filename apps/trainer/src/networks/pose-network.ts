import { tensor1d, tidy } from '@tensorflow/tfjs-core';
import { poseNetwork as buildPoseNetwork, type PoseNetwork as PoseNetworkParts } from '@segsde/models';
import type { Config } from '../config/schema.ts';
import { seedFor } from '../data/draws.ts';
import type { PoseNetwork } from '../steps/pose-network.ts';

export interface TrainablePose extends PoseNetwork {
  network: PoseNetworkParts;
}

/** The pose head's last bias: rotation and translation of two frames, which are multiplied by 0.01 (docs/method.md, section 2.6). */
const LAST_BIAS = 'net.3.bias';
const TRANSLATION_Z = [5, 11];
const OUTPUT_SCALE = 0.01;

/**
 * The pose network with random weights, which follow from the config's seed. Before it has learnt
 * anything it says that the camera moves ahead by `initialForward`.
 */
export function poseNetwork({ pose, seed }: { pose: Config['model']['pose']; seed: number }): TrainablePose {
  const network = buildPoseNetwork({ width: pose.width, seed: seedFor(seed, 'pose network') });
  const bias = network.stateDict.get(LAST_BIAS)!;
  // What the camera moves towards comes closer, so its z in the later frame is smaller.
  const forward = Array.from(bias.dataSync(), (value, i) =>
    TRANSLATION_Z.includes(i) ? value - pose.initialForward / OUTPUT_SCALE : value,
  );
  tidy(() => bias.assign(tensor1d(forward)));
  return {
    network,
    motion: (earlier, later, { training }) => network.apply(earlier, later, { training }),
    variables: network.variables,
  };
}
