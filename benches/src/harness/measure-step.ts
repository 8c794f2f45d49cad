import { compareWithPeers, type Comparable, type Measured } from './compare-with-peers.ts';
import { peersOf } from './peers-of.ts';
import type { Measuring } from './print-result.ts';

/**
 * Measures a work beside its peers; PYTHON of the environment decides which they are.
 *
 * @param script PyTorch's side
 */
export function measureStep(
  { script, ...comparable }: Comparable & { script: string },
  measuring: Measuring,
): Promise<Measured[]> {
  const peers = peersOf(comparable.work, { script, python: process.env.PYTHON, say: measuring.say });
  return compareWithPeers(comparable, peers, measuring);
}
