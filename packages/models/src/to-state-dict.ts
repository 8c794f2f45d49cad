import type { Network } from './network.ts';
import { filterToPytorch } from './pytorch-layout.ts';
import type { StoredTensor } from './stored-tensor.ts';

/** What has weights: every network, and parts put together by hand. */
export type HasStateDict = Pick<Network<unknown>, 'stateDict'>;

/**
 * Copies a network's weights out, in PyTorch's layout.
 *
 * @param options.prefix stands before every key, e.g. `models.encoder.` in a checkpoint of several
 *   networks
 */
export async function toStateDict(
  network: HasStateDict,
  { prefix = '' }: { prefix?: string } = {},
): Promise<Map<string, StoredTensor>> {
  const tensors = new Map<string, StoredTensor>();
  for (const [key, variable] of network.stateDict) {
    const data = (await variable.data<'float32'>()).slice();
    tensors.set(prefix + key, { dtype: 'F32', ...filterToPytorch({ shape: variable.shape, data }) });
  }
  return tensors;
}
