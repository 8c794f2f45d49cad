import {
  cast,
  greaterEqual,
  less,
  logicalAnd,
  mul,
  range,
  reshape,
  slice,
  sub,
  tidy,
  type Tensor2D,
  type Tensor4D,
} from '@tensorflow/tfjs-core';

/**
 * CutMix: everything stays but one box per image (Yun et al. 2019).
 *
 * @param boxes `[batch, 4]`: left, top, right, bottom in pixels, right and bottom excluded (see
 *   {@link drawCutMixBoxes})
 * @returns `[batch, height, width, 1]`, 0 inside of the box
 */
export function cutMixMask(boxes: Tensor2D, { height, width }: { height: number; width: number }): Tensor4D {
  const batch = boxes.shape[0];
  return tidy(() => {
    const edge = (column: number) => slice(boxes, [0, column], [batch, 1]);
    const between = (length: number, from: number, to: number) => {
      const position = reshape(range(0, length, 1, 'float32'), [1, length]);
      return cast(logicalAnd(greaterEqual(position, edge(from)), less(position, edge(to))), 'float32');
    };
    const inside = mul(
      reshape(between(height, 1, 3), [batch, height, 1]),
      reshape(between(width, 0, 2), [batch, 1, width]),
    );
    return reshape(sub(1, inside), [batch, height, width, 1]);
  });
}
