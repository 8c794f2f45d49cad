import { cast, reshape, sub, type Tensor, type Tensor4D } from '@tensorflow/tfjs-core';

/** The mask and its complement, in rank and type of `x`. */
export function shares(x: Tensor, mask: Tensor4D): { own: Tensor; other: Tensor } {
  const shape = [...mask.shape.slice(0, 3), ...(x.rank === 4 ? [1] : [])];
  const like = (share: Tensor) => cast(reshape(share, shape), x.dtype);
  return { own: like(mask), other: like(sub(1, reshape(mask, mask.shape.slice(0, 3)))) };
}
