import {
  add,
  cast,
  clipByValue,
  concat,
  floor,
  gather,
  maximum,
  minimum,
  mul,
  reshape,
  scalar,
  scatterND,
  split,
  step,
  sub,
  sum,
} from '@tensorflow/tfjs-core';
import { tensor1d, tensor2d, transpose } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import { withGradient } from './with-gradient.ts';

const range = (length: number, at: (i: number) => number) =>
  tensor1d(
    Int32Array.from({ length }, (_, i) => at(i)),
    'int32',
  );

/**
 * Every pixel together with its neighbours below, to the right, and below that; at the edges the
 * pixel itself. `[batch, height, width, 4·channels]`
 */
function withNeighbours(image: Tensor4D): Tensor4D {
  const [, h, w] = image.shape;
  const column = concat(
    [
      image,
      gather(
        image,
        range(h, (i) => Math.min(i + 1, h - 1)),
        1,
      ),
    ],
    3,
  );
  return concat(
    [
      column,
      gather(
        column,
        range(w, (i) => Math.min(i + 1, w - 1)),
        2,
      ),
    ],
    3,
  );
}

/**
 * For each pixel of the flattened batch the indices of the four that {@link withNeighbours} joins.
 */
function neighbours([n, h, w]: Tensor4D['shape']): Tensor2D {
  const indices = new Int32Array(n * h * w * 4);
  for (let pixel = 0; pixel < n * h * w; pixel++) {
    const below = Math.floor(pixel / w) % h < h - 1 ? w : 0;
    const right = pixel % w < w - 1 ? 1 : 0;
    indices.set([pixel, pixel + below, pixel + right, pixel + below + right], pixel * 4);
  }
  return tensor2d(indices, [n * h * w, 4]);
}

/**
 * The pixels at `indices` of the flattened batch with their neighbours, `[indices, 4·channels]`;
 * one look-up each.
 */
function gatherWithNeighbours(image: Tensor4D, indices: Tensor1D): Tensor2D {
  const { shape } = image;
  const [n, h, w, c] = shape;
  return withGradient(
    [image],
    [indices],
    () => gather(reshape(withNeighbours(image), [n * h * w, 4 * c]), indices),
    (dy, [indices]) => {
      const targets = reshape(gather(neighbours(shape), indices), [-1, 1]);
      return reshape(scatterND(targets, reshape(dy, [-1, c]), [n * h * w, c]), shape);
    },
  );
}

/**
 * Samples an image at real-valued positions, bilinearly. Positions outside count as the nearest
 * point of the image, and have no gradient there: PyTorch's `grid_sample` with
 * `padding_mode='border', align_corners=True`, in pixels instead of −1..1.
 *
 * @param image `[batch, height, width, channels]`
 * @param x `[batch, h, w]`, columns: 0 is the centre of the first, width − 1 that of the last
 * @param y `[batch, h, w]`, rows
 * @returns `[batch, h, w, channels]`
 */
export function gridSample(image: Tensor4D, x: Tensor3D, y: Tensor3D): Tensor4D {
  const [n, height, width, c] = image.shape;
  const [, h, w] = x.shape;
  if (x.shape[0] !== n || String(x.shape) !== String(y.shape)) {
    throw new Error(
      `gridSample: x [${x.shape}] and y [${y.shape}] must have the same shape and the batch of the image [${image.shape}]`,
    );
  }
  const inside = (positions: Tensor3D, size: number) => clipByValue(reshape(positions, [1, n * h * w]), 0, size - 1);
  const [px, py] = [inside(x, width), inside(y, height)];
  const [column, row] = [floor(px), floor(py)];
  const [fx, fy] = [sub(px, column), sub(py, row)];
  const inImage = reshape(cast(add(mul(row, width), column), 'int32'), [n, h * w]);
  const indices = add(
    inImage,
    reshape(
      range(n, (i) => i * height * width),
      [n, 1],
    ),
  );
  // Clipped, so that a position that is not a number gives a value that is not a number, like
  // everywhere else, and no look-up beyond the end. Not by clipByValue, which the WebAssembly
  // backend has for floats only.
  const known = maximum(
    minimum(reshape(indices, [n * h * w]), scalar(n * height * width - 1, 'int32')),
    scalar(0, 'int32'),
  );
  const rows = gatherWithNeighbours(image, known as Tensor1D);

  const [left, right] = split(transpose(rows), 2);
  const slopeX = sub(right, left);
  const [top, bottom] = split(add(left, mul(fx, slopeX)), 2);
  const slopeY = sub(bottom, top);
  const sampled = add(top, mul(fy, slopeY));
  return withGradient<Tensor4D, Tensor[]>(
    [rows, x, y],
    [slopeX, slopeY, px, py, fx, fy],
    () => transpose(reshape(sampled, [c, n, h, w]), [1, 2, 3, 0]),
    (dy, [slopeX, slopeY, px, py, fx, fy]) => {
      const planar = reshape(transpose(dy, [3, 0, 1, 2]), [c, n * h * w]);
      const [slopeTop, slopeBottom] = split(slopeX, 2);
      const slope = add(slopeTop, mul(fy, sub(slopeBottom, slopeTop)));
      const dPosition = (slope: Tensor, position: Tensor, size: number) =>
        reshape(mul(sum(mul(planar, slope), 0, true), step(mul(position, sub(size - 1, position)))), [n, h, w]);
      const dBottom = mul(planar, fy);
      const dColumns = concat([sub(planar, dBottom), dBottom], 0);
      const dRight = mul(dColumns, fx);
      const dRows = transpose(concat([sub(dColumns, dRight), dRight], 0));
      return [dRows, dPosition(slope, px, width), dPosition(slopeY, py, height)];
    },
  );
}
