import type { Conv2DInfo } from '../kernels/conv2d-info.ts';
import type { Value } from '../graph.ts';
import { convOnCard } from './conv-on-card.ts';
import { blockedConv, setBlockedConv } from './blocked-conv.ts';
import { blockedFilter, blockedReverseFilter, cutFilter, flippedTaps, reverseFilter, scaleFilter } from './filters.ts';
import type { Lowering } from './lowering.ts';
import { seenTaps } from './seen-taps.ts';
import { doubledImage, lowerDoubledConv } from './doubled-conv.ts';
import { isWinogradFaster, lowerWinograd } from './winograd.ts';

const pads = ({ padInfo: { top, left, bottom, right } }: Conv2DInfo) => [top, left, bottom, right];
const taps = (info: Conv2DInfo) => info.filterHeight * info.filterWidth;
const pixels = (info: Conv2DInfo) => info.batchSize * info.outHeight * info.outWidth;
const unitStride = (info: Conv2DInfo) => info.strideHeight === 1 && info.strideWidth === 1;

const window = (info: Conv2DInfo) => ({
  strides: [info.strideHeight, info.strideWidth],
  dilations: [info.dilationHeight, info.dilationWidth],
  kernel_shape: [info.filterHeight, info.filterWidth],
});

/** Zeros that the output asks for below and to the right of the image. */
const missingPixels = (info: Conv2DInfo) => [
  Math.max(0, info.strideHeight * (info.outHeight - 1) + info.effectiveFilterHeight - info.inHeight - info.padInfo.top),
  Math.max(0, info.strideWidth * (info.outWidth - 1) + info.effectiveFilterWidth - info.inWidth - info.padInfo.left),
];

/** How much of the image its windows see, where the last ones end before it does. */
const seenPixels = (info: Conv2DInfo) => [
  Math.min(info.inHeight, info.strideHeight * (info.outHeight - 1) + info.effectiveFilterHeight - info.padInfo.top),
  Math.min(info.inWidth, info.strideWidth * (info.outWidth - 1) + info.effectiveFilterWidth - info.padInfo.left),
];

/** From so many output pixels on, the blocked layout is worth the reordering of a filter. */
const MANY_PIXELS = 384;

/**
 * Which way of computing a convolution is fast. `blocked`: ONNX Runtime's internal layout;
 * `product`: one matrix product for the whole batch, for few pixels and many weights; `plain`: the
 * standard operator.
 */
function route(info: Conv2DInfo, block: number): 'blocked' | 'product' | 'plain' {
  const { inChannels: c, outChannels: o } = info;
  if (
    block > 0 &&
    o % block === 0 &&
    (c < block || (c % block === 0 && unitStride(info))) &&
    pixels(info) >= MANY_PIXELS
  ) {
    return 'blocked';
  }
  const weights = c * o * taps(info);
  return taps(info) > 1 && unitStride(info) && pixels(info) <= 256 && weights >= 65536 ? 'product' : 'plain';
}

/**
 * `[taps · output pixels, input pixels]`: 1 where the tap of the output pixel looks at the input
 * pixel.
 */
function tapPlaces(info: Conv2DInfo): Float32Array {
  const { inHeight: h, inWidth: w, outHeight, outWidth, padInfo } = info;
  const places = new Float32Array(taps(info) * outHeight * outWidth * h * w);
  let row = 0;
  for (let tapY = 0; tapY < info.filterHeight; tapY++) {
    for (let tapX = 0; tapX < info.filterWidth; tapX++) {
      for (let i = 0; i < outHeight; i++) {
        for (let j = 0; j < outWidth; j++, row++) {
          const y = i * info.strideHeight + tapY * info.dilationHeight - padInfo.top;
          const x = j * info.strideWidth + tapX * info.dilationWidth - padInfo.left;
          if (y >= 0 && y < h && x >= 0 && x < w) places[row * h * w + y * w + x] = 1;
        }
      }
    }
  }
  return places;
}

/**
 * The patches of x under each tap, `[channels · taps, batch · output pixels]`: convolution and
 * filter gradient are products with it.
 */
function batchColumns(x: Value, info: Conv2DInfo, to: Lowering): string {
  const { onnx } = to;
  const { inChannels: c, outHeight: oh, outWidth: ow, strideHeight: sh, strideWidth: sw } = info;
  return to.cached(x, `batch columns ${[...Object.values(window(info)), ...pads(info)]}`, () => {
    const name = to.get(x, 'channelsBatch');
    const [from, until] = [info.inHeight * info.inWidth, oh * ow];
    if (taps(info) * from * until <= 10000) {
      // Small images: a product with a matrix of ones costs less than cutting a piece for each tap.
      const images = onnx.op('Reshape', [name, onnx.ints([c * info.batchSize, from])]);
      const places = onnx.floats(tapPlaces(info), [taps(info) * until, from]);
      const pieces = onnx.op('Gemm', [images, places], { transB: 1 });
      const byImage = onnx.op('Reshape', [pieces, onnx.ints([c, info.batchSize, taps(info), until])]);
      const byTap = info.batchSize === 1 ? byImage : onnx.op('Transpose', [byImage], { perm: [0, 2, 1, 3] });
      return onnx.op('Reshape', [byTap, onnx.ints([c * taps(info), pixels(info)])]);
    }
    const { top, left } = info.padInfo;
    const [bottom, right] = missingPixels(info);
    const padded =
      top + left + bottom + right === 0
        ? name
        : onnx.op('Pad', [name, onnx.ints([0, 0, top, left, 0, 0, bottom, right])]);
    const axes = onnx.ints([2, 3]);
    const steps = onnx.ints([sh, sw]);
    const columns: string[] = [];
    for (let row = 0; row < info.filterHeight; row++) {
      for (let column = 0; column < info.filterWidth; column++) {
        const from = [row * info.dilationHeight, column * info.dilationWidth];
        const until = [from[0] + (oh - 1) * sh + 1, from[1] + (ow - 1) * sw + 1];
        const tap = onnx.op('Slice', [padded, onnx.ints(from), onnx.ints(until), axes, steps]);
        columns.push(onnx.op('Reshape', [tap, onnx.ints([c, 1, pixels(info)])]));
      }
    }
    const stacked = columns.length === 1 ? columns[0] : onnx.op('Concat', columns, { axis: 1 });
    return onnx.op('Reshape', [stacked, onnx.ints([c * taps(info), pixels(info)])]);
  });
}

const batchRows = (x: Value, channels: number, columns: number, to: Lowering) =>
  to.onnx.op('Reshape', [to.get(x, 'channelsBatch'), to.onnx.ints([channels, columns])]);

/**
 * Up to a block of output channels more than asked for still takes less time than leaving the
 * blocks before the convolution.
 */
function lowerWider(x: Value, filter: Value, y: Value, wider: Conv2DInfo, to: Lowering): void {
  const { onnx } = to;
  const [kh, kw, c, o] = filter.shape;
  const more = to.extraValue(filter, [kh, kw, c, wider.outChannels]);
  const zeros = onnx.ints([0, 0, 0, 0, wider.outChannels - o, 0, 0, 0]);
  to.set(more, onnx.op('Pad', [to.get(filter, 'filter'), zeros]), 'filter');
  const inputs = [to.get(x, 'blocked'), blockedFilter(more, to.block, to)];
  const all = onnx.op('com.microsoft.nchwc:Conv', inputs, { ...window(wider), pads: pads(wider), group: 1 });
  const asked = onnx.op('com.microsoft.nchwc:ReorderOutput', [all], { channels: o, channels_last: 0 });
  to.set(y, asked, 'channelsFirst');
}

export function lowerConv2d(x: Value, filter: Value, y: Value, info: Conv2DInfo, to: Lowering): void {
  const { onnx } = to;
  const cut = to.portable ? undefined : seenTaps(info);
  if (cut) return lowerConv2d(x, cutFilter(filter, cut, to), y, cut.info, to);
  const { inChannels: c, outChannels: o } = info;
  const way = to.portable ? 'plain' : route(info, to.block);
  if (way === 'blocked' && to.isFixed(filter) && isWinogradFaster(info)) return lowerWinograd(x, filter, y, info, to);
  if (way === 'blocked') {
    const doubled = to.isFixed(filter) ? doubledImage(x, info, to) : undefined;
    const attributes = { ...window(info), pads: pads(info), group: 1 };
    const writeWith = (weights: Value) =>
      doubled
        ? lowerDoubledConv(doubled, weights, to)
        : blockedConv(
            to.get(x, c < to.block ? 'channelsFirst' : 'blocked'),
            blockedFilter(weights, to.block, to),
            attributes,
            to,
          );
    const whenScaled = { scaled: (factors: string) => writeWith(scaleFilter(filter, factors, to)) };
    const conv = { write: writeWith(filter), finish: {}, takesNoSum: doubled !== undefined, section: onnx.section() };
    return setBlockedConv(y, { ...conv, ...(to.isFixed(filter) && whenScaled) }, to);
  }
  const wider = { ...info, outChannels: Math.ceil(o / to.block) * to.block };
  if (!to.portable && c % to.block === 0 && route(wider, to.block) === 'blocked')
    return lowerWider(x, filter, y, wider, to);
  if (way === 'product') {
    const weights = onnx.op('Reshape', [to.get(filter, 'filter'), onnx.ints([o, c * taps(info)])]);
    const product = onnx.op('Gemm', [weights, batchColumns(x, info, to)]);
    return to.set(
      y,
      onnx.op('Reshape', [product, onnx.ints([o, info.batchSize, info.outHeight, info.outWidth])]),
      'channelsBatch',
    );
  }
  const operands = { image: to.get(x, 'channelsFirst'), filter: to.get(filter, 'filter'), pads: pads(info) };
  const conv = convOnCard(operands, { inChannels: c }, to);
  const name = onnx.op('Conv', [conv.image, conv.filter], { ...window(info), pads: conv.pads });
  to.set(y, name, 'channelsFirst');
}

/**
 * dL/dx: where the stride is 1 and it pays, a convolution of dy with the reversed filter; elsewhere
 * a product or a transposed convolution.
 */
export function lowerConv2dInputGrad(dy: Value, filter: Value, dx: Value, info: Conv2DInfo, to: Lowering): void {
  const { onnx } = to;
  const cut = to.portable ? undefined : seenTaps(info);
  if (cut) return lowerConv2dInputGrad(dy, cutFilter(filter, cut, to), dx, cut.info, to);
  const { padInfo: pad, inChannels: c, outChannels: o, batchSize: n } = info;
  const backwardPads = [
    info.effectiveFilterHeight - 1 - pad.top,
    info.effectiveFilterWidth - 1 - pad.left,
    info.effectiveFilterHeight - 1 - pad.bottom,
    info.effectiveFilterWidth - 1 - pad.right,
  ];
  const way = !to.portable && backwardPads.every((amount) => amount >= 0) ? route(info, to.block) : 'plain';
  const backward = {
    kernel_shape: [info.filterHeight, info.filterWidth],
    strides: [1, 1],
    dilations: [info.dilationHeight, info.dilationWidth],
    pads: backwardPads,
  };
  if (way === 'blocked' && c % to.block === 0 && unitStride(info)) {
    const image = to.get(dy, 'blocked');
    const reverse = blockedReverseFilter(filter, to.block, to);
    const attributes = { ...backward, group: 1 };
    const write = blockedConv(image, reverse, attributes, to);
    return setBlockedConv(dx, { write, finish: {}, section: onnx.section() }, to);
  }
  if (way === 'product' && info.outHeight * info.outWidth <= 32) {
    // One product for the whole batch gives every tap's share, another with a matrix of ones puts
    // the shares in their places and adds them up.
    const weights = onnx.op('Reshape', [to.get(filter, 'filter'), onnx.ints([o, c * taps(info)])]);
    const shares = onnx.op('Gemm', [weights, batchRows(dy, o, pixels(info), to)], { transA: 1 });
    const [from, until] = [info.outHeight * info.outWidth, info.inHeight * info.inWidth];
    const split = onnx.op('Reshape', [shares, onnx.ints([c, taps(info), n, from])]);
    const byImage = n === 1 ? split : onnx.op('Transpose', [split], { perm: [0, 2, 1, 3] });
    const rows = onnx.op('Reshape', [byImage, onnx.ints([c * n, taps(info) * from])]);
    const images = onnx.op('Gemm', [rows, onnx.floats(tapPlaces(info), [taps(info) * from, until])]);
    return to.set(dx, onnx.op('Reshape', [images, onnx.ints([c, n, info.inHeight, info.inWidth])]), 'channelsBatch');
  }
  if ((o <= 8 || taps(info) === 1) && unitStride(info) && backwardPads.every((amount) => amount >= 0)) {
    const operands = { image: to.get(dy, 'channelsFirst'), filter: reverseFilter(filter, to), pads: backwardPads };
    const conv = convOnCard(operands, { inChannels: o }, to);
    const name = onnx.op('Conv', [conv.image, conv.filter], { ...backward, pads: conv.pads });
    return to.set(dx, name, 'channelsFirst');
  }
  const output_padding = [
    info.inHeight + pad.top + pad.bottom - ((info.outHeight - 1) * info.strideHeight + info.effectiveFilterHeight),
    info.inWidth + pad.left + pad.right - ((info.outWidth - 1) * info.strideWidth + info.effectiveFilterWidth),
  ];
  const options = { ...window(info), pads: pads(info), output_padding };
  to.set(
    dx,
    onnx.op('ConvTranspose', [to.get(dy, 'channelsFirst'), to.get(filter, 'filter')], options),
    'channelsFirst',
  );
}

/**
 * dL/dfilter as a blocked convolution: the channels of one operand are its images (their batch its
 * channels), the other operand is a kernel of the size of the whole image, and the batch makes the
 * groups. Stride and dilation change places.
 *
 * @param images `[channels, batch, height, width]`, padded in width
 * @param kernel blocked, of `kernelChannels`
 * @returns `[channels, kernelChannels / block, taps, block]`
 */
function correlate(
  images: string,
  channels: number,
  kernel: Value,
  rows: [number, number],
  info: Conv2DInfo,
  to: Lowering,
): string {
  const { onnx } = to;
  const [n, h, w, kernelChannels] = kernel.shape;
  const weights = onnx.op('Reshape', [to.get(kernel, 'blocked'), onnx.ints([n * kernelChannels, 1, h, w])]);
  const all = onnx.op('com.microsoft.nchwc:Conv', [images, weights], {
    kernel_shape: [h, w],
    strides: [info.dilationHeight, info.dilationWidth],
    dilations: [info.strideHeight, info.strideWidth],
    pads: [rows[0], 0, rows[1], 0],
    group: n,
  });
  const inner = (kernelChannels / to.block) * taps(info) * to.block;
  const parts = onnx.op('Reshape', [all, onnx.ints([channels, n, inner])]);
  const sum = n === 1 ? parts : onnx.op('ReduceSum', [parts, onnx.ints([1])], { keepdims: 0 });
  return onnx.op('Reshape', [sum, onnx.ints([channels, kernelChannels / to.block, taps(info), to.block])]);
}

/**
 * Padding of dy when it and x have changed roles in {@link correlate}; undefined where they cannot.
 */
function exchangedPads(info: Conv2DInfo, block: number) {
  const { filterHeight: kh, filterWidth: kw, padInfo: pad } = info;
  const [bottom, right] = missingPixels(info);
  const [above, before, below, behind] = [kh - 1 - pad.top, kw - 1 - pad.left, kh - 1 - bottom, kw - 1 - right];
  const possible =
    info.inChannels % block === 0 &&
    unitStride(info) &&
    info.dilationHeight === 1 &&
    info.dilationWidth === 1 &&
    Math.min(above, before, below, behind) >= 0;
  return possible ? { above, before, below, behind } : undefined;
}

function lowerBlockedFilterGrad(x: Value, dy: Value, dw: Value, info: Conv2DInfo, to: Lowering): void {
  const { onnx } = to;
  const { inChannels: c, outChannels: o, filterHeight: kh, filterWidth: kw, padInfo: pad } = info;
  const [bottom, right] = missingPixels(info);
  const widen = (name: string, left: number, amount: number) =>
    left + amount === 0 ? name : onnx.op('Pad', [name, onnx.ints([0, 0, 0, left, 0, 0, 0, amount])]);
  const exchanged = exchangedPads(info, to.block);
  if (exchanged && (o % to.block !== 0 || (o < 32 && c >= 32))) {
    // Few output channels make few images; the roles of x and dy are exchanged, which turns the
    // taps round.
    const { above, before, below, behind } = exchanged;
    const parts = correlate(widen(to.get(dy, 'channelsBatch'), before, behind), o, x, [above, below], info, to);
    const ordered = onnx.op('Gather', [parts, onnx.ints(flippedTaps(kh * kw))], { axis: 2 });
    const filter = onnx.op('Transpose', [ordered], { perm: [0, 1, 3, 2] });
    return to.set(dw, onnx.op('Reshape', [filter, onnx.ints([o, c, kh, kw])]), 'filter');
  }
  const seen = seenPixels(info);
  const image = to.get(x, 'channelsBatch');
  const images =
    seen[0] < info.inHeight || seen[1] < info.inWidth
      ? onnx.op('Slice', [image, onnx.ints([0, 0]), onnx.ints(seen), onnx.ints([2, 3])])
      : image;
  const parts = correlate(widen(images, pad.left, right), c, dy, [pad.top, bottom], info, to);
  const filter = onnx.op('Transpose', [parts], { perm: [1, 3, 0, 2] });
  to.set(dw, onnx.op('Reshape', [filter, onnx.ints([o, c, kh, kw])]), 'filter');
}

/**
 * dL/dfilter: a blocked convolution for many pixels, elsewhere one product of dy with the image's
 * columns.
 */
export function lowerConv2dFilterGrad(x: Value, dy: Value, dw: Value, info: Conv2DInfo, to: Lowering): void {
  const { onnx } = to;
  const cut = to.portable ? undefined : seenTaps(info);
  if (cut) {
    const { rows, columns, info: less } = cut;
    const seen = to.extraValue(dw, [less.filterHeight, less.filterWidth, ...dw.shape.slice(2)]);
    lowerConv2dFilterGrad(x, dy, seen, less, to);
    const around = [rows[0], columns[0], info.filterHeight - rows[1], info.filterWidth - columns[1]];
    const [top, left, bottom, right] = around;
    const zeros = onnx.ints([0, 0, top, left, 0, 0, bottom, right]);
    return to.set(dw, onnx.op('Pad', [to.get(seen, 'filter'), zeros]), 'filter');
  }
  const {
    batchSize: n,
    inChannels: c,
    outChannels: o,
    filterHeight: kh,
    filterWidth: kw,
    outHeight: oh,
    outWidth: ow,
  } = info;
  const correlates = to.block > 0 && (o % to.block === 0 || exchangedPads(info, to.block) !== undefined);
  if (correlates && taps(info) > 1 && pixels(info) * (c + o) >= c * o * taps(info))
    return lowerBlockedFilterGrad(x, dy, dw, info, to);
  if (taps(info) === 1 && unitStride(info) && pads(info).every((amount) => amount === 0) && pixels(info) > c + o) {
    const rows = (value: Value, channels: number) =>
      onnx.op('Reshape', [to.get(value, 'channelsFirst'), onnx.ints([n, channels, oh * ow])]);
    // Cards have no product with a turned matrix.
    const products = to.onCard
      ? onnx.op('MatMul', [rows(dy, o), onnx.op('Transpose', [rows(x, c)], { perm: [0, 2, 1] })])
      : onnx.op('com.microsoft:FusedMatMul', [rows(dy, o), rows(x, c)], { transB: 1 });
    const sum = n === 1 ? products : onnx.op('ReduceSum', [products, onnx.ints([0])], { keepdims: 0 });
    return to.set(dw, onnx.op('Reshape', [sum, onnx.ints([o, c, 1, 1])]), 'filter');
  }
  const product = onnx.op('Gemm', [batchRows(dy, o, pixels(info), to), batchColumns(x, info, to)], { transB: 1 });
  to.set(dw, onnx.op('Reshape', [product, onnx.ints([o, c, kh, kw])]), 'filter');
}
