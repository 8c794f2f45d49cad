import { loadStateDict, type LoadOptions } from './load-state-dict.ts';
import type { KeyMatch } from './match-keys.ts';
import { readSafetensors } from './read-safetensors.ts';
import type { HasStateDict } from './to-state-dict.ts';

/**
 * Sets a network's weights from a safetensors file in PyTorch's layout.
 *
 * @throws if the file cannot be read or does not fit, naming it; the network is unchanged then
 */
export async function loadWeights(network: HasStateDict, path: string, options: LoadOptions = {}): Promise<KeyMatch> {
  const { tensors } = await readSafetensors(path);
  return loadStateDict(network, tensors, { ...options, source: path });
}
