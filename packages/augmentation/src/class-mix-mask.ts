import {
  add,
  cast,
  gather,
  greaterEqual,
  less,
  logicalAnd,
  mul,
  range,
  reshape,
  tidy,
  type Tensor2D,
  type Tensor3D,
  type Tensor4D,
} from '@tensorflow/tfjs-core';

/**
 * ClassMix: the pixels of the chosen classes stay (Olsson et al. 2021). Labels outside of the
 * classes, such as 255, never do.
 *
 * @param labels int32 `[batch, height, width]`
 * @param chosen `[batch, classes]` of 0 and 1 (see {@link chooseClasses})
 * @returns `[batch, height, width, 1]` of 0 and 1
 */
export function classMixMask(labels: Tensor3D, chosen: Tensor2D): Tensor4D {
  const [batch, height, width] = labels.shape;
  const classes = chosen.shape[1];
  return tidy(() => {
    const flat = reshape(labels, [batch, height * width]);
    const known = logicalAnd(greaterEqual(flat, 0), less(flat, classes));
    const rows = reshape(range(0, batch * classes, classes, 'int32'), [batch, 1]);
    const cell = add(mul(flat, cast(known, 'int32')), rows);
    const kept = mul(gather(reshape(chosen, [-1]), reshape(cell, [-1])), cast(reshape(known, [-1]), 'float32'));
    return reshape(kept, [batch, height, width, 1]);
  });
}
