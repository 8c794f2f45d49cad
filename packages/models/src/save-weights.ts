import { toStateDict, type HasStateDict } from './to-state-dict.ts';
import { writeSafetensors } from './write-safetensors.ts';

/**
 * Writes a network's weights, under the reference's names and in PyTorch's layout, to a safetensors
 * file.
 */
export async function saveWeights(
  network: HasStateDict,
  path: string,
  metadata?: Record<string, string>,
): Promise<void> {
  await writeSafetensors(path, await toStateDict(network), metadata);
}
