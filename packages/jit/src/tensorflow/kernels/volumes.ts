import { backend_util } from '@tensorflow/tfjs-core';
import type { Conv3DAttrs } from '../../kernels/conv3d-info.ts';
import { conv3dInfo } from '../../kernels/conv3d-info.ts';
import type { GraphDefBuilder } from '../graph-def-builder.ts';
import { windowPadding } from '../window-padding.ts';
import type { Surroundings } from './surroundings.ts';
import { cut, grown, padded } from './surroundings.ts';
import type { TensorflowKernel, TensorflowKernelTable } from './tensorflow-kernel.ts';

type Shape5D = [number, number, number, number, number];
type Triple = number | [number, number, number];

interface PoolAttrs {
  filterSize: Triple;
  strides: Triple;
  pad: 'same' | 'valid' | number;
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

const FLOAT = { type: 'float32' } as const;
const SHAPE = { type: 'int32' } as const;

function convAttributes(input: readonly number[], filter: readonly number[], attrs: Conv3DAttrs) {
  const info = conv3dInfo(input, filter, attrs);
  return {
    T: FLOAT,
    strides: [1, info.strideDepth, info.strideHeight, info.strideWidth, 1],
    dilations: [1, info.dilationDepth, info.dilationHeight, info.dilationWidth, 1],
    padding: attrs.pad.toUpperCase(),
    data_format: 'NDHWC',
  };
}

/**
 * A pool's windows; `around` is the padding that must be there before TensorFlow sees the volume.
 */
function pool(shape: readonly number[], attrs: PoolAttrs) {
  const volume = [...shape] as Shape5D;
  const { filterSize, strides, dimRoundingMode } = attrs;
  const info = backend_util.computePool3DInfo(volume, filterSize, strides, 1, attrs.pad as number, dimRoundingMode);
  const { front, top, left } = info.padInfo;
  const axes = [
    { input: info.inDepth, output: info.outDepth, window: info.filterDepth, stride: info.strideDepth, before: front },
    { input: info.inHeight, output: info.outHeight, window: info.filterHeight, stride: info.strideHeight, before: top },
    { input: info.inWidth, output: info.outWidth, window: info.filterWidth, stride: info.strideWidth, before: left },
  ];
  const padding = windowPadding(axes);
  const around: Surroundings = typeof padding === 'string' ? undefined : [[0, 0], ...padding, [0, 0]];
  const attributes = {
    ksize: [1, ...axes.map(({ window }) => window), 1],
    strides: [1, ...axes.map(({ stride }) => stride), 1],
    padding: typeof padding === 'string' ? padding : 'VALID',
    data_format: 'NDHWC',
  };
  return { axes, around, attributes };
}

type Pool = ReturnType<typeof pool>;

/**
 * `[1, depth, height, width, 1]`: window size divided by the number of a window's positions inside
 * the volume, which may be none.
 */
function shares({ axes }: Pool, tf: GraphDefBuilder): string {
  const counts = axes.map(({ input, output, window, stride, before }) =>
    Array.from({ length: output }, (_, i) => {
      const start = i * stride - before;
      return Math.max(0, Math.min(start + window, input) - Math.max(start, 0));
    }),
  );
  const size = axes.reduce((product, { window }) => product * window, 1);
  const all = counts.reduce((products, along) => products.flatMap((a) => along.map((b) => a * b)), [1]);
  const data = Float32Array.from(all, (count) => size / Math.max(count, 1));
  return tf.constant(data, [1, ...axes.map(({ output }) => output), 1], 'float32');
}

/** Convolution and pooling of volumes. */
export const volumeKernels = {
  Conv3D: (({ x, filter }, { inputs, attrs }, tf) =>
    tf.op(
      'Conv3D',
      [x, filter],
      convAttributes(inputs.x.shape, inputs.filter.shape, attrs),
    )) satisfies TensorflowKernel<Conv3DAttrs>,
  Conv3DBackpropInputV2: (({ dy, filter }, { inputs, attrs, outputs: [dx] }, tf) =>
    tf.op('Conv3DBackpropInputV2', [tf.ints(dx.shape), filter, dy], {
      ...convAttributes(dx.shape, inputs.filter.shape, attrs),
      Tshape: SHAPE,
    })) satisfies TensorflowKernel<Conv3DAttrs>,
  Conv3DBackpropFilterV2: (({ x, dy }, { inputs, attrs, outputs: [dw] }, tf) =>
    tf.op(
      'Conv3DBackpropFilterV2',
      [x, tf.ints(dw.shape), dy],
      convAttributes(inputs.x.shape, dw.shape, attrs),
    )) satisfies TensorflowKernel<Conv3DAttrs>,
  MaxPool3D: (({ x: name }, { inputs: { x }, attrs }, tf) => {
    const { around, attributes } = pool(x.shape, attrs);
    const volume = padded(name, around, -Infinity, x, tf);
    return tf.op('MaxPool3D', [volume], { T: FLOAT, ...attributes });
  }) satisfies TensorflowKernel<PoolAttrs>,
  MaxPool3DGrad: (({ dy, input: name, output }, { inputs: { input }, attrs, outputs: [dx] }, tf) => {
    const { around, attributes } = pool(input.shape, attrs);
    const volume = padded(name, around, -Infinity, input, tf);
    const whole = tf.op('MaxPool3DGrad', [volume, output, dy], { T: FLOAT, TInput: FLOAT, ...attributes });
    return cut(whole, around, dx, tf);
  }) satisfies TensorflowKernel<PoolAttrs>,
  AvgPool3D: (({ x: name }, { inputs: { x }, attrs }, tf) => {
    const windows = pool(x.shape, attrs);
    const { around, attributes } = windows;
    const volume = padded(name, around, 0, x, tf);
    const mean = tf.op('AvgPool3D', [volume], { T: FLOAT, ...attributes });
    return around ? tf.op('Mul', [mean, shares(windows, tf)], { T: FLOAT }) : mean;
  }) satisfies TensorflowKernel<PoolAttrs>,
  AvgPool3DGrad: (({ dy }, { inputs: { input }, attrs, outputs: [dx] }, tf) => {
    const windows = pool(input.shape, attrs);
    const { around, attributes } = windows;
    const gradient = around ? tf.op('Mul', [dy, shares(windows, tf)], { T: FLOAT }) : dy;
    const sizes = tf.ints(grown(input.shape, around));
    const whole = tf.op('AvgPool3DGrad', [sizes, gradient], { T: FLOAT, ...attributes });
    return cut(whole, around, dx, tf);
  }) satisfies TensorflowKernel<PoolAttrs>,
} satisfies TensorflowKernelTable;
