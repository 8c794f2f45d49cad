import type { Value } from '../graph.ts';
import type { Lowering } from '../onnx/lowering.ts';
import { notOnCard } from '../onnx/not-on-card.ts';
import type { Conv3DAttrs, Conv3DInfo } from './conv3d-info.ts';
import { conv3dInfo } from './conv3d-info.ts';
import type { Kernel, KernelCall } from './kernel.ts';

type Shape5D = [number, number, number, number, number];

const strides = (info: Conv3DInfo) => [info.strideDepth, info.strideHeight, info.strideWidth];
const dilations = (info: Conv3DInfo) => [info.dilationDepth, info.dilationHeight, info.dilationWidth];
const taps = (info: Conv3DInfo) => [info.filterDepth, info.filterHeight, info.filterWidth];
const before = ({ padInfo: pad }: Conv3DInfo) => [pad.front, pad.top, pad.left];
const after = ({ padInfo: pad }: Conv3DInfo) => [pad.back, pad.bottom, pad.right];
const inside = (info: Conv3DInfo) => [info.inDepth, info.inHeight, info.inWidth];
const outside = (info: Conv3DInfo) => [info.outDepth, info.outHeight, info.outWidth];
const reach = (info: Conv3DInfo) => taps(info).map((size, i) => (size - 1) * dilations(info)[i] + 1);

const options = (info: Conv3DInfo) => ({
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
    infer: ({ x, filter }, attrs) => [{ shape: conv3dInfo(x.shape, filter.shape, attrs).outShape, dtype: 'float32' }],
    lower: ({ inputs: { x, filter }, attrs, outputs: [y] }, to) => {
      const operands = [channelsFirst(x, to), outputsFirst(filter, to)];
      to.set(y, channelsLast(to.onnx.op('Conv', operands, options(conv3dInfo(x.shape, filter.shape, attrs))), to));
    },
  } satisfies Kernel<Conv3DAttrs>,
  Conv3DBackpropInputV2: {
    infer: (_inputs, { inputShape }) => [{ shape: inputShape, dtype: 'float32' }],
    lower: ({ inputs: { dy, filter }, attrs, outputs: [dx] }: KernelCall<Conv3DAttrs>, to: Lowering) => {
      if (to.onCard) throw notOnCard('Conv3DBackpropInputV2');
      const info = conv3dInfo(dx.shape, filter.shape, attrs);
      const output_padding = inside(info).map(
        (size, i) =>
          size + before(info)[i] + after(info)[i] - ((outside(info)[i] - 1) * strides(info)[i] + reach(info)[i]),
      );
      const operands = [channelsFirst(dy, to), outputsFirst(filter, to)];
      to.set(dx, channelsLast(to.onnx.op('ConvTranspose', operands, { ...options(info), output_padding }), to));
    },
  } satisfies Kernel<Conv3DAttrs & { inputShape: Shape5D }>,
  /**
   * A convolution whose kernel is dy and whose channels are the batch; stride and dilation change
   * places.
   */
  Conv3DBackpropFilterV2: {
    infer: (_inputs, { filterShape }) => [{ shape: filterShape, dtype: 'float32' }],
    lower: ({ inputs: { x, dy }, attrs, outputs: [dw] }: KernelCall<Conv3DAttrs>, to: Lowering) => {
      const { onnx } = to;
      const info = conv3dInfo(x.shape, dw.shape, attrs);
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
