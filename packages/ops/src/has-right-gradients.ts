import { getBackend, getKernel } from '@tensorflow/tfjs-core';

/**
 * Whether the current backend has convolution gradients for any dilation and padding. One that has
 * them (the recorder of @segsde/jit) also gets the gradients of half-pixel resizing and of mirror
 * padding right, which the stock backends do not.
 */
export const hasRightGradients = (): boolean =>
  ['Conv2DBackpropInputV2', 'Conv2DBackpropFilterV2', 'MirrorPadGrad'].every((name) => getKernel(name, getBackend()));
