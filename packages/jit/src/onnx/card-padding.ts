import type { Lowering } from './lowering.ts';

/**
 * Image and padding for a convolution. ONNX Runtime's convolution for cards forgets padding that lies behind the image alone where the filter is as large as the
 * image: there the zeros are put around it beforehand.
 *
 * @param pads before each axis of space, then behind each
 */
export function cardPadding(image: string, pads: number[], to: Lowering): { image: string; pads: number[] } {
  const axes = pads.length / 2;
  const isBehindOnly = pads.slice(0, axes).every((amount) => amount === 0) && pads.some((amount) => amount > 0);
  if (!to.onCard || !isBehindOnly) return { image, pads };
  const amounts = to.onnx.ints([0, 0, ...pads.slice(0, axes), 0, 0, ...pads.slice(axes)]);
  return { image: to.onnx.op('Pad', [image, amounts]), pads: pads.map(() => 0) };
}
