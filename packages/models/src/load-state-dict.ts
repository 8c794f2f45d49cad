import { tensor, tidy } from '@tensorflow/tfjs-core';
import { matchKeys, type KeyMatch } from './match-keys.ts';
import { filterFromPytorch } from './pytorch-layout.ts';
import type { StoredTensor } from './stored-tensor.ts';
import type { HasStateDict } from './to-state-dict.ts';

export interface LoadOptions {
  /**
   * Every key must be there and be known. Otherwise unknown ones are left out and missing ones keep
   * their values. Default true.
   */
  strict?: boolean;
  /**
   * Take only the tensors whose key starts so, without it: one network out of a checkpoint of
   * several. Default none.
   */
  prefix?: string;
  /**
   * Load into the part of the network whose keys start so, e.g. depth weights into `unet_dec.` of a
   * segmentation decoder. Default all.
   */
  into?: string;
}

/**
 * Sets a network's weights from tensors in PyTorch's layout. `num_batches_tracked` is ignored.
 * Nothing is changed when it throws.
 *
 * @param options.source where the tensors come from, for errors
 * @throws listing keys that are missing, unexpected (both only when strict) or of another shape
 */
export function loadStateDict(
  network: HasStateDict,
  tensors: Map<string, StoredTensor>,
  { strict = true, prefix = '', into = '', source = 'state dict' }: LoadOptions & { source?: string } = {},
): KeyMatch {
  const given = new Map(
    [...tensors]
      .filter(([key]) => key.startsWith(prefix) && !key.endsWith('num_batches_tracked'))
      .map(([key, stored]) => [into + key.slice(prefix.length), stored]),
  );
  const wanted = new Map([...network.stateDict].filter(([key]) => key.startsWith(into)));
  const onDisk = (shape: number[]) => (shape.length === 4 ? [shape[3], shape[2], shape[0], shape[1]] : shape);
  const match = matchKeys(
    new Map([...given].map(([key, { shape }]) => [key, shape])),
    new Map([...wanted].map(([key, variable]) => [key, onDisk(variable.shape)])),
    { strict, source },
  );
  const wrongType = [...given].find(([key, { dtype }]) => wanted.has(key) && dtype !== 'F32');
  if (wrongType) throw new Error(`${source}: ${wrongType[0]} is of dtype ${wrongType[1].dtype}; weights must be F32.`);
  tidy(() => {
    for (const [key, variable] of wanted) {
      const stored = given.get(key);
      if (stored?.dtype !== 'F32') continue;
      const { shape, data } = filterFromPytorch(stored);
      variable.assign(tensor(data.slice(), shape));
    }
  });
  return match;
}
