import { BLOCKED_VIEW_AXES, blockedImage, blockedView } from './blocked-view.ts';
import type { Lowering } from './lowering.ts';

type Pair = readonly [number, number];

/**
 * An image in blocks with more rows and columns around it, without leaving the blocks.
 *
 * @param shape of the image, `[batch, height, width, channels]`
 * @param paddings for each of its axes; nothing for the channels
 * @param mode `reflect` mirrors the image at its outermost pixels, `edge` repeats them
 */
export function padBlocked(
  name: string,
  shape: readonly number[],
  { paddings, mode }: { paddings: readonly Pair[]; mode: 'reflect' | 'edge' },
  to: Lowering,
): string {
  const amounts = [0, 1].flatMap((end) => {
    const around: number[] = [0, 0, 0, 0, 0];
    paddings.forEach((pair, axis) => (around[BLOCKED_VIEW_AXES[axis]] = pair[end]));
    return around;
  });
  const padded = to.onnx.op('Pad', [blockedView(name, shape, to), to.onnx.ints(amounts)], { mode });
  const padsOf = ([before, after]: Pair) => before + after;
  return blockedImage(
    padded,
    shape.map((size, axis) => size + padsOf(paddings[axis])),
    to,
  );
}
