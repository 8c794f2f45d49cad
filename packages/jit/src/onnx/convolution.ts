import type { backend_util } from '@tensorflow/tfjs-core';
import type { Value } from '../graph.ts';
import type { Lowering } from './lowering.ts';

export type ConvInfo = ReturnType<typeof backend_util.computeConv2DInfo>;

const pads = ({ padInfo: { top, left, bottom, right } }: ConvInfo) => [top, left, bottom, right];

const window = (info: ConvInfo) => ({
  strides: [info.strideHeight, info.strideWidth],
  dilations: [info.dilationHeight, info.dilationWidth],
  kernel_shape: [info.filterHeight, info.filterWidth],
});

export function lowerConv2d(x: Value, filter: Value, y: Value, info: ConvInfo, to: Lowering): void {
  const name = to.onnx.op('Conv', [to.get(x, 'channelsFirst'), to.get(filter, 'filter')], {
    ...window(info),
    pads: pads(info),
  });
  to.set(y, name, 'channelsFirst');
}

/** dL/dx: a convolution of dy with the flipped, transposed filter where the stride is 1, a transposed convolution elsewhere. */
export function lowerConv2dInputGrad(dy: Value, filter: Value, dx: Value, info: ConvInfo, to: Lowering): void {
  const { padInfo: pad } = info;
  const output_padding = [
    info.inHeight + pad.top + pad.bottom - ((info.outHeight - 1) * info.strideHeight + info.effectiveFilterHeight),
    info.inWidth + pad.left + pad.right - ((info.outWidth - 1) * info.strideWidth + info.effectiveFilterWidth),
  ];
  const options = { ...window(info), pads: pads(info), output_padding };
  to.set(
    dx,
    to.onnx.op('ConvTranspose', [to.get(dy, 'channelsFirst'), to.get(filter, 'filter')], options),
    'channelsFirst',
  );
}

/** The patches of x under each tap of the filter, `[batch, channels · taps, output pixels]`; the filter gradient is one product with it. */
function imageColumns(x: Value, info: ConvInfo, to: Lowering): string {
  const { onnx } = to;
  const { batchSize: n, inChannels: c, filterHeight: kh, filterWidth: kw, outHeight: oh, outWidth: ow } = info;
  const [sh, sw, dh, dw] = [info.strideHeight, info.strideWidth, info.dilationHeight, info.dilationWidth];
  const key = `columns ${[kh, kw, sh, sw, dh, dw, ...pads(info)]}`;
  return to.cached(x, key, () => {
    const { top, left } = info.padInfo;
    const bottom = Math.max(0, sh * (oh - 1) + info.effectiveFilterHeight - info.inHeight - top);
    const right = Math.max(0, sw * (ow - 1) + info.effectiveFilterWidth - info.inWidth - left);
    const name = to.get(x, 'channelsFirst');
    const padded =
      top + left + bottom + right === 0
        ? name
        : onnx.op('Pad', [name, onnx.ints([0, 0, top, left, 0, 0, bottom, right])]);
    const axes = onnx.ints([2, 3]);
    const taps: string[] = [];
    for (let row = 0; row < kh; row++) {
      for (let column = 0; column < kw; column++) {
        const from = [row * dh, column * dw];
        const until = [from[0] + (oh - 1) * sh + 1, from[1] + (ow - 1) * sw + 1];
        const tap = onnx.op('Slice', [padded, onnx.ints(from), onnx.ints(until), axes, onnx.ints([sh, sw])]);
        taps.push(onnx.op('Reshape', [tap, onnx.ints([n, c, 1, oh * ow])]));
      }
    }
    const stacked = taps.length === 1 ? taps[0] : onnx.op('Concat', taps, { axis: 2 });
    return onnx.op('Reshape', [stacked, onnx.ints([n, c * kh * kw, oh * ow])]);
  });
}

/** dL/dfilter, as products of dy with the image's columns, summed over the batch. */
export function lowerConv2dFilterGrad(x: Value, dy: Value, dw: Value, info: ConvInfo, to: Lowering): void {
  const { onnx } = to;
  const {
    batchSize: n,
    inChannels: c,
    outChannels: o,
    filterHeight: kh,
    filterWidth: kw,
    outHeight: oh,
    outWidth: ow,
  } = info;
  const flatDy = onnx.op('Reshape', [to.get(dy, 'channelsFirst'), onnx.ints([n, o, oh * ow])]);
  const products = onnx.op('com.microsoft:FusedMatMul', [flatDy, imageColumns(x, info, to)], { transB: 1 });
  const sum = n === 1 ? products : onnx.op('ReduceSum', [products, onnx.ints([0])], { keepdims: 0 });
  to.set(dw, onnx.op('Reshape', [sum, onnx.ints([o, c, kh, kw])]), 'filter');
}
