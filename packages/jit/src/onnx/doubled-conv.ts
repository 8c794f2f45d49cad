import type { Node, Value } from '../graph.ts';
import type { Conv2DInfo } from '../kernels/conv2d-info.ts';
import { blockedConv } from './blocked-conv.ts';
import type { WriteConv } from './blocked-conv.ts';
import { blockedFilter } from './filters.ts';
import type { Lowering } from './lowering.ts';
import { padBlocked } from './pad-blocked.ts';
import { split } from './split.ts';

/*
 * A 3 x 3 convolution of an image of twice the size sees each small pixel up to four times. For every second row and column it is a 2 x 2 convolution of the
 * small image, so four of these give the same with 16 multiplications in place of 36. That is what decoders do: double, join with a skip connection, mirror
 * the edges, convolve. Mirrored edges of the doubled image are repeated edges of the small one. Filters must be fixed: in training, making the four takes the
 * time that they save.
 */

/**
 * An image of twice the size, and perhaps another one whose channels follow it, in front of
 * mirrored edges.
 */
export interface DoubledImage {
  small: Value;
  others: Value | undefined;
}

const MIRRORED = [
  [0, 0],
  [1, 1],
  [1, 1],
  [0, 0],
] as const;

/**
 * Where the taps of the small image's filters come from: of rows, as of columns, the first tap or a
 * sum of two. First the even rows' filter, then the odd ones'.
 */
const TAP_SHARES = [
  [
    [1, 0, 0],
    [0, 1, 1],
  ],
  [
    [1, 1, 0],
    [0, 0, 1],
  ],
];

/** `[9, 16]`: from the taps of the filter to those of four filters of 2 x 2. */
function tapShares(): Float32Array {
  const shares = new Float32Array(9 * 16);
  for (let to = 0; to < 16; to++) {
    const [oddRow, oddColumn, row, column] = [3, 2, 1, 0].map((bit) => (to >> bit) & 1);
    for (let from = 0; from < 9; from++) {
      const share = TAP_SHARES[oddRow][row][Math.floor(from / 3)] * TAP_SHARES[oddColumn][column][from % 3];
      shares[from * 16 + to] = share;
    }
  }
  return shares;
}

/** The image of half the size, if `node` doubles it and it is there in blocks. */
function halved(node: Node | undefined, to: Lowering): Value | undefined {
  if (node?.kernel !== 'ResizeNearestNeighbor') return undefined;
  const { images } = node.inputs;
  const [, h, w] = images.shape;
  const { alignCorners, size } = node.attrs as { alignCorners: boolean; size: readonly number[] };
  const doubles = !alignCorners && size[0] === 2 * h && size[1] === 2 * w;
  return doubles && images.dtype === 'float32' && to.has(images, 'blocked') ? images : undefined;
}

/** What `x` was made of, if {@link lowerDoubledConv} can convolve it. */
export function doubledImage(x: Value, info: Conv2DInfo, to: Lowering): DoubledImage | undefined {
  const { padInfo: pad } = info;
  const whole =
    info.filterHeight === 3 && info.filterWidth === 3 && info.dilationHeight === 1 && info.dilationWidth === 1;
  if (!whole || pad.top + pad.left + pad.bottom + pad.right > 0) return undefined;
  const mirror = to.producer(x);
  if (mirror?.kernel !== 'MirrorPad') return undefined;
  const { mode, paddings } = mirror.attrs as { mode: string; paddings: readonly (readonly number[])[] };
  if (mode !== 'reflect' || paddings.join() !== MIRRORED.join()) return undefined;
  const inner = to.producer(mirror.inputs.x);
  const alone = halved(inner, to);
  if (alone) return { small: alone, others: undefined };
  if (inner?.kernel !== 'Concat') return undefined;
  const [first, others, ...more] = Object.values(inner.inputs);
  const small = halved(to.producer(first), to);
  const joins = small && more.length === 0 && first.shape[3] + others.shape[3] === info.inChannels;
  return joins && to.has(others, 'blocked') ? { small, others } : undefined;
}

/** Four images of half the size as one: rows and columns by turns. */
function interleave(quarters: readonly string[], [n, h, w, o]: readonly number[], to: Lowering): string {
  const { onnx, block } = to;
  const join = (parts: string[], dims: number[]) =>
    onnx.op(
      'Concat',
      parts.map((part) => onnx.op('Reshape', [part, onnx.ints(dims)])),
      { axis: 1 },
    );
  const rows = [0, 2].map((first) => join(quarters.slice(first, first + 2), [(n * o * h * w) / block, block]));
  return onnx.op('Reshape', [join(rows, [(n * o * h) / block, 2 * w * block]), onnx.ints([n, o, 2 * h, 2 * w])]);
}

/** The convolution of `image` with mirrored edges, in blocks. */
export function lowerDoubledConv({ small, others }: DoubledImage, filter: Value, to: Lowering): WriteConv {
  const { onnx } = to;
  const [, , c, o] = filter.shape;
  const [n, h, w, doubledChannels] = small.shape;
  const attributes = { strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0], group: 1 };
  const [onDoubled, onOthers] = others
    ? split(to.get(filter, 'filter'), [doubledChannels, c - doubledChannels], 1, to)
    : [to.get(filter, 'filter')];
  const taps = onnx.op('Reshape', [onDoubled, onnx.ints([o * doubledChannels, 9])]);
  const shares = onnx.op('MatMul', [taps, onnx.floats(tapShares(), [9, 16])]);
  const filters = split(onnx.op('Reshape', [shares, onnx.ints([o, doubledChannels, 4, 4])]), [1, 1, 1, 1], 2, to);
  const quarters = filters.map((name, i) => {
    const [oddRow, oddColumn] = [i >> 1, i & 1];
    const weights = to.extraValue(filter, [2, 2, doubledChannels, o]);
    to.set(weights, onnx.op('Reshape', [name, onnx.ints([o, doubledChannels, 2, 2])]), 'filter');
    const paddings = [
      [0, 0],
      [1 - oddRow, oddRow],
      [1 - oddColumn, oddColumn],
      [0, 0],
    ] as const;
    const image = padBlocked(to.get(small, 'blocked'), small.shape, { paddings, mode: 'edge' }, to);
    const blocked = blockedFilter(weights, to.block, to);
    return blockedConv(image, blocked, { ...attributes, kernel_shape: [2, 2] }, to);
  });
  const onDoubledImage: WriteConv = (finish) =>
    interleave(
      quarters.map((write) => write(finish)),
      [n, h, w, o],
      to,
    );
  if (!others) return onDoubledImage;
  const weights = to.extraValue(filter, [3, 3, c - doubledChannels, o]);
  to.set(weights, onOthers, 'filter');
  const padded = padBlocked(to.get(others, 'blocked'), others.shape, { paddings: MIRRORED, mode: 'reflect' }, to);
  const onTheOthers = blockedConv(
    padded,
    blockedFilter(weights, to.block, to),
    { ...attributes, kernel_shape: [3, 3] },
    to,
  );
  return (finish) => onTheOthers({ ...finish, sum: onDoubledImage({}) });
}
