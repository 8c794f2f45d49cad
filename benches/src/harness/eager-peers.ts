import type { Peer } from './compare-with-peers.ts';
import { ownContestant } from './own-contestant.ts';

/**
 * The same work run eagerly by TensorFlow.js's own backends, as far as they are installed and have
 * the kernels.
 */
export function eagerPeers(work: string): Peer[] {
  return ['tfjs-node', 'wasm'].map((backend) => ({
    name: `TensorFlow.js eager on ${backend}`,
    program: process.execPath,
    args: () => [ownContestant, work, `eager-${backend}`],
    optional: true,
  }));
}
