import { clone, concat, engine, gather, reshape, slice, tensor1d, transpose, zeros } from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { hasRightGradients } from './has-right-gradients.ts';
import { withGradient } from './with-gradient.ts';

type Padding2D = [[top: number, bottom: number], [left: number, right: number]];

/**
 * A convolution by the stock kernel, which every backend has; its gradients know no dilation.
 *
 * @param x `[batch, height, width, in]`
 * @param filter `[kernel height, kernel width, in, out]`
 * @param padding zeros before and behind the rows and the columns; a negative number cuts
 * @returns `[batch, …, …, out]`
 */
function convolve(
  x: Tensor4D,
  filter: Tensor4D,
  strides: number,
  [rows, columns]: Padding2D,
  dilations: number,
): Tensor4D {
  const [cutTop, cutBottom, cutLeft, cutRight] = [...rows, ...columns].map((amount) => Math.max(0, -amount));
  const [n, h, w, c] = x.shape;
  const image =
    cutTop + cutBottom + cutLeft + cutRight > 0
      ? slice(x, [0, cutTop, cutLeft, 0], [n, h - cutTop - cutBottom, w - cutLeft - cutRight, c])
      : x;
  const pad = [[0, 0], ...[rows, columns].map((pair) => pair.map((amount) => Math.max(0, amount))), [0, 0]];
  const attrs = { strides, pad: pad.flat().some(Boolean) ? pad : 'valid', dilations, dataFormat: 'NHWC' };
  return engine().runKernel('Conv2D', { x: image, filter }, attrs);
}

/**
 * Puts `strides − 1` zeros behind every pixel, in both directions:
 * `[batch, height, width, channels]` becomes
 * `[batch, height · strides, width · strides, channels]`.
 */
function insertZeros(x: Tensor4D, strides: number): Tensor4D {
  if (strides === 1) return x;
  const [n, h, w, c] = x.shape;
  const wide = concat([x, zeros([n, h, w, (strides - 1) * c])], 3);
  const rows = reshape(wide, [n, h, strides * w * c]);
  return reshape(concat([rows, zeros([n, h, (strides - 1) * strides * w * c])], 2), [n, h * strides, w * strides, c]);
}

/**
 * The gradient to the input: a convolution of the gradient with the flipped filter whose channels
 * have changed sides.
 *
 * @param dy `[batch, out height, out width, out]`
 * @param filter `[kernel height, kernel width, in, out]`
 * @param inputShape `[batch, height, width, in]`, as the result's
 */
function inputGradient(
  dy: Tensor4D,
  filter: Tensor4D,
  inputShape: Tensor4D['shape'],
  strides: number,
  padding: number,
  dilation: number,
) {
  const [kh, kw, c, o] = filter.shape;
  const backwards = tensor1d(Int32Array.from({ length: kh * kw }, (_, i) => kh * kw - 1 - i));
  const flipped = transpose(gather(reshape(filter, [kh * kw, c, o]), backwards), [0, 2, 1]);
  const around = (input: number, output: number, taps: number): [number, number] => {
    const before = (taps - 1) * dilation - padding;
    return [before, input - output * strides - before + (taps - 1) * dilation];
  };
  const edges: Padding2D = [around(inputShape[1], dy.shape[1], kh), around(inputShape[2], dy.shape[2], kw)];
  return convolve(insertZeros(dy, strides), reshape(flipped, [kh, kw, o, c]), 1, edges, dilation);
}

/**
 * The gradient to the filter: a convolution, too, of the image with the gradient as the filter.
 * Channels play the batch, stride and dilation change places.
 *
 * @param x `[batch, height, width, in]`
 * @param dy `[batch, out height, out width, out]`
 * @param filterShape `[kernel height, kernel width, in, out]`, as the result's
 */
function filterGradient(
  x: Tensor4D,
  dy: Tensor4D,
  filterShape: Tensor4D['shape'],
  strides: number,
  padding: number,
  dilation: number,
) {
  const [kh, kw, c, o] = filterShape;
  const around = (input: number, output: number, taps: number): [number, number] => [
    padding,
    Math.max(0, (taps - 1) * dilation + (output - 1) * strides + 1 - input - padding),
  ];
  const edges: Padding2D = [around(x.shape[1], dy.shape[1], kh), around(x.shape[2], dy.shape[2], kw)];
  const gradient = convolve(transpose(x, [3, 1, 2, 0]), transpose(dy, [1, 2, 0, 3]), dilation, edges, strides);
  const [, rows, columns] = gradient.shape;
  return transpose(rows > kh || columns > kw ? slice(gradient, [0, 0, 0, 0], [c, kh, kw, o]) : gradient, [1, 2, 0, 3]);
}

/**
 * Two-dimensional convolution as PyTorch has it: the same zero padding on all sides, any dilation,
 * gradients to both arguments on every backend.
 *
 * @param x `[batch, height, width, in]`
 * @param filter `[kernel height, kernel width, in, out]`
 * @param opts `strides` (1), `padding` in pixels on each side (0), `dilation` (1)
 * @returns
 *   `[batch, (height + 2·padding − dilation·(kernel − 1) − 1) / strides + 1 rounded down, …, out]`
 * @throws if the filter is made for another number of channels
 */
export function conv2d(
  x: Tensor4D,
  filter: Tensor4D,
  { strides = 1, padding = 0, dilation = 1 }: { strides?: number; padding?: number; dilation?: number } = {},
): Tensor4D {
  if (x.shape[3] !== filter.shape[2]) {
    throw new Error(
      `conv2d: the input has ${x.shape[3]} channels, but the filter [${filter.shape}] is made for ${filter.shape[2]}`,
    );
  }
  const [inputShape, filterShape] = [x.shape, filter.shape];
  const attrs = {
    strides,
    pad: [
      [0, 0],
      [padding, padding],
      [padding, padding],
      [0, 0],
    ],
    dilations: dilation,
  };
  const edges: Padding2D = [
    [padding, padding],
    [padding, padding],
  ];
  // Two steps of the tape, so that an input that needs no gradient, like an image, costs none.
  const y = withGradient(
    [x],
    [filter],
    () => convolve(x, filter, strides, edges, dilation),
    (dy, [w]) =>
      hasRightGradients()
        ? engine().runKernel('Conv2DBackpropInputV2', { dy, filter: w }, { ...attrs, inputShape })
        : inputGradient(dy, w, inputShape, strides, padding, dilation),
  );
  return withGradient(
    [y, filter],
    [x],
    () => clone(y),
    (dy, [image]) => [
      dy,
      hasRightGradients()
        ? engine().runKernel('Conv2DBackpropFilterV2', { x: image, dy }, { ...attrs, filterShape })
        : filterGradient(image, dy, filterShape, strides, padding, dilation),
    ],
  );
}
