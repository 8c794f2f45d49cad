import { eagerPeers } from './eager-peers.ts';
import type { Peer } from './compare-with-peers.ts';
import type { Measuring } from './print-result.ts';
import { pytorchPeers } from './pytorch-peers.ts';

/**
 * Whom a work is compared with: PyTorch where PYTHON names an interpreter that has it, otherwise
 * TensorFlow.js's own backends.
 */
export function peersOf(
  work: string,
  { script, python, say }: Pick<Measuring, 'say'> & { script: string; python: string | undefined },
): Peer[] {
  if (python) return pytorchPeers(script, python);
  say('PYTHON names no interpreter that has PyTorch, so the peers are TensorFlow.js eager on tfjs-node and on wasm');
  return eagerPeers(work);
}
