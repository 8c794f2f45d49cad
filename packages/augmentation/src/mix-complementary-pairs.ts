import { add, concat, mul, reshape, slice, tidy, type Tensor, type Tensor4D } from '@tensorflow/tfjs-core';
import { shares } from './shares.ts';

/**
 * Mixes items 2i and 2i + 1 twice, by mask i and by its complement, so that no pixel is lost: first
 * all `M · x_2i + (1 − M) · x_2i+1`, then all `(1 − M) · x_2i + M · x_2i+1`.
 *
 * @param x as in {@link mixPairs}, an even batch
 * @param mask `[batch / 2, height, width, 1]`
 */
export function mixComplementaryPairs<T extends Tensor>(x: T, mask: Tensor4D): T {
  const [batch, ...rest] = x.shape;
  if (batch !== 2 * mask.shape[0])
    throw new Error(`mixComplementaryPairs: ${batch} items need ${batch / 2} masks, not ${mask.shape[0]}.`);
  return tidy(() => {
    const pairs = reshape(x, [batch / 2, 2, ...rest]);
    const member = (i: number) => reshape(slice(pairs, [0, i], [batch / 2, 1]), [batch / 2, ...rest]);
    const { own, other } = shares(x, mask);
    const mixed = (a: Tensor, b: Tensor) => add(mul(member(0), a), mul(member(1), b));
    return concat([mixed(own, other), mixed(other, own)]) as T;
  });
}
