import { backend_util } from '@tensorflow/tfjs-core';

type Shape5D = [number, number, number, number, number];
type Triple = number | [number, number, number];

/** What TensorFlow.js calls a convolution of volumes with. */
export interface Conv3DAttrs {
  strides: Triple;
  pad: 'same' | 'valid';
  dilations?: Triple;
  dataFormat?: 'NDHWC' | 'NCDHW';
}

export type Conv3DInfo = ReturnType<typeof backend_util.computeConv3DInfo>;

/**
 * Sizes, padding and strides of a convolution, as TensorFlow.js understands them.
 *
 * @param input `[batch, depth, height, width, channels]`
 * @param filter `[depth, height, width, in, out]`
 * @throws for volumes with channels first
 */
export function conv3dInfo(input: readonly number[], filter: readonly number[], attrs: Conv3DAttrs): Conv3DInfo {
  if (attrs.dataFormat === 'NCDHW')
    throw new Error("jit: conv3d with dataFormat 'NCDHW' has no compiled form; use 'NDHWC'");
  const shapes = [[...input] as Shape5D, [...filter] as Shape5D] as const;
  return backend_util.computeConv3DInfo(...shapes, attrs.strides, attrs.dilations ?? 1, attrs.pad);
}
