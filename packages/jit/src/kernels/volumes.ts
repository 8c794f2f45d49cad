import { backend_util } from '@tensorflow/tfjs-core';
import type { Value } from '../graph.ts';
import type { Lowering } from '../onnx/lowering.ts';
import type { Kernel, KernelCall } from './kernel.ts';

type Shape5D = [number, number, number, number, number];
type Triple = number | [number, number, number];

interface Conv3DAttrs {
  strides: Triple;
  pad: 'same' | 'valid';
  dilations?: Triple;
  dataFormat?: 'NDHWC' | 'NCDHW';
}

function convInfo(input: readonly number[], filter: readonly number[], attrs: Conv3DAttrs) {
  if (attrs.dataFormat === 'NCDHW')
    throw new Error("jit: conv3d with dataFormat 'NCDHW' has no compiled form; use 'NDHWC'");
  const shapes = [[...input] as Shape5D, [...filter] as Shape5D] as const;
  return backend_util.computeConv3DInfo(...shapes, attrs.strides, attrs.dilations ?? 1, attrs.pad);
}

type ConvInfo = ReturnType<typeof convInfo>;

const strides = (info: ConvInfo) => [info.strideDepth, info.strideHeight, info.strideWidth];
const dilations = (info: ConvInfo) => [info.dilationDepth, info.dilationHeight, info.dilationWidth];
const taps = (info: ConvInfo) => [info.filterDepth, info.filterHeight, info.filterWidth];
const before = ({ padInfo: pad }: ConvInfo) => [pad.front, pad.top, pad.left];
const after = ({ padInfo: pad }: ConvInfo) => [pad.back, pad.bottom, pad.right];
const inside = (info: ConvInfo) => [info.inDepth, info.inHeight, info.inWidth];
const outside = (info: ConvInfo) => [info.outDepth, info.outHeight, info.outWidth];
const reach = (info: ConvInfo) => taps(info).map((size, i) => (size - 1) * dilations(info)[i] + 1);

const options = (info: ConvInfo) => ({
  kernel_shape: taps(info),
  strides: strides(info),
  dilations: dilations(info),
  pads: [...before(info), ...after(info)],
});

const turned = (value: Value, perm: number[], to: Lowering) =>
  to.cached(value, `turned ${perm}`, () => to.onnx.op('Transpose', [to.get(value)], { perm }));
const channelsFirst = (x: Value, to: Lowering) => turned(x, [0, 4, 1, 2, 3], to);
const channelsBatch = (x: Value, to: Lowering) => turned(x, [4, 0, 1, 2, 3], to);
const outputsFirst = (filter: Value, to: Lowering) => turned(filter, [4, 3, 0, 1, 2], to);
const channelsLast = (name: string, to: Lowering) => to.onnx.op('Transpose', [name], { perm: [0, 2, 3, 4, 1] });

/** Convolution of volumes and its gradients. */
export const volumeKernels = {
  Conv3D: {
    infer: ({ x, filter }, attrs) => [{ shape: convInfo(x.shape, filter.shape, attrs).outShape, dtype: 'float32' }],
    lower: ({ inputs: { x, filter }, attrs, outputs: [y] }, to) => {
      const operands = [channelsFirst(x, to), outputsFirst(filter, to)];
      to.set(y, channelsLast(to.onnx.op('Conv', operands, options(convInfo(x.shape, filter.shape, attrs))), to));
    },
  } satisfies Kernel<Conv3DAttrs>,
  Conv3DBackpropInputV2: {
    infer: (_inputs, { inputShape }) => [{ shape: inputShape, dtype: 'float32' }],
    lower: ({ inputs: { dy, filter }, attrs, outputs: [dx] }: KernelCall<Conv3DAttrs>, to: Lowering) => {
      const info = convInfo(dx.shape, filter.shape, attrs);
      const output_padding = inside(info).map(
        (size, i) =>
          size + before(info)[i] + after(info)[i] - ((outside(info)[i] - 1) * strides(info)[i] + reach(info)[i]),
      );
      const operands = [channelsFirst(dy, to), outputsFirst(filter, to)];
      to.set(dx, channelsLast(to.onnx.op('ConvTranspose', operands, { ...options(info), output_padding }), to));
    },
  } satisfies Kernel<Conv3DAttrs & { inputShape: Shape5D }>,
  /** A convolution whose kernel is dy and whose channels are the batch; stride and dilation change places. */
  Conv3DBackpropFilterV2: {
    infer: (_inputs, { filterShape }) => [{ shape: filterShape, dtype: 'float32' }],
    lower: ({ inputs: { x, dy }, attrs, outputs: [dw] }: KernelCall<Conv3DAttrs>, to: Lowering) => {
      const { onnx } = to;
      const info = convInfo(x.shape, dw.shape, attrs);
      const all = onnx.op('Conv', [channelsBatch(x, to), channelsBatch(dy, to)], {
        kernel_shape: outside(info),
        strides: dilations(info),
        dilations: strides(info),
        pads: [...before(info), ...after(info)],
      });
      // Planes that no window reaches give more taps than the filter has.
      const axes = onnx.ints([2, 3, 4]);
      const kept = onnx.op('Slice', [all, onnx.ints([0, 0, 0]), onnx.ints(taps(info)), axes]);
      to.set(dw, onnx.op('Transpose', [kept], { perm: [2, 3, 4, 0, 1] }));
    },
  } satisfies Kernel<Conv3DAttrs & { filterShape: Shape5D }>,
};
