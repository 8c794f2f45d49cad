import type { Lowering } from './lowering.ts';

/** The operands of ONNX's `Conv`; padding is before each axis of space, then behind each. */
export interface ConvOperands {
  image: string;
  filter: string;
  pads: number[];
}

/**
 * Operands that give the same convolution, where ONNX Runtime's for cards (1.30) would go wrong: it
 * forgets padding that lies behind the image alone where the filter is as large as the image, and
 * mixes up channels where 3 divides their number and 4 does not. Zeros are put around the image, or
 * a channel of zeros behind the others.
 */
export function convOnCard(
  { image, filter, pads }: ConvOperands,
  { inChannels, grouped = false }: { inChannels: number; grouped?: boolean },
  to: Lowering,
): ConvOperands {
  if (!to.onCard) return { image, filter, pads };
  const { onnx } = to;
  const axes = pads.length / 2;
  const isBehindOnly = pads.slice(0, axes).every((amount) => amount === 0) && pads.some((amount) => amount > 0);
  const more = !grouped && inChannels > 3 && inChannels % 3 === 0 && inChannels % 4 !== 0 ? 1 : 0;
  if (!isBehindOnly && more === 0) return { image, filter, pads };
  const none = new Array<number>(axes).fill(0);
  const [before, behind] = isBehindOnly ? [pads.slice(0, axes), pads.slice(axes)] : [none, none];
  return {
    image: onnx.op('Pad', [image, onnx.ints([0, 0, ...before, 0, more, ...behind])]),
    filter: more === 0 ? filter : onnx.op('Pad', [filter, onnx.ints([0, 0, ...none, 0, more, ...none])]),
    pads: isBehindOnly ? [...none, ...none] : pads,
  };
}
