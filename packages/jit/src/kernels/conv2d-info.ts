import { backend_util } from '@tensorflow/tfjs-core';

type Shape4D = [number, number, number, number];
type Pair = number | [number, number];

/** What TensorFlow.js calls a convolution of images with. */
export interface Conv2DAttrs {
  strides: Pair;
  pad: Parameters<typeof backend_util.computeConv2DInfo>[4];
  dilations?: Pair;
  dataFormat?: 'NHWC' | 'NCHW';
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

export type Conv2DInfo = ReturnType<typeof backend_util.computeConv2DInfo>;

/**
 * Sizes, padding and strides of a convolution, as TensorFlow.js understands them.
 *
 * @param input `[batch, height, width, channels]`
 * @param filter `[height, width, in, out]`
 * @throws for images with channels first
 */
export function conv2dInfo(
  input: readonly number[],
  filter: readonly number[],
  attrs: Conv2DAttrs,
  depthwise = false,
): Conv2DInfo {
  if (attrs.dataFormat === 'NCHW')
    throw new Error("jit: this convolution with dataFormat 'NCHW' has no compiled form; use 'NHWC'");
  return backend_util.computeConv2DInfo(
    [...input] as Shape4D,
    [...filter] as Shape4D,
    attrs.strides,
    attrs.dilations ?? 1,
    attrs.pad,
    attrs.dimRoundingMode,
    depthwise,
  );
}
