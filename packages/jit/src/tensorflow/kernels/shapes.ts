import { util } from '@tensorflow/tfjs-core';
import type { Value } from '../../graph.ts';
import type { GraphDefBuilder } from '../graph-def-builder.ts';
import type { TensorflowKernel, TensorflowKernelTable } from './tensorflow-kernel.ts';
import type { StridedSliceAttrs } from '../../kernels/strided-slice-attrs.ts';

type Typed = Pick<Value, 'dtype'>;

const T = ({ dtype }: Typed) => ({ T: { type: dtype } });
const INDEX = { type: 'int32' } as const;

const reshape = (name: string, y: Typed & Pick<Value, 'shape'>, tf: GraphDefBuilder) =>
  tf.op('Reshape', [name, tf.ints(y.shape)], { ...T(y), Tshape: INDEX });

/** A tensor of float32 in another shape. */
export const reshapeFloats = (name: string, shape: readonly number[], tf: GraphDefBuilder) =>
  reshape(name, { shape, dtype: 'float32' }, tf);

const filled = (y: Value, value: number, tf: GraphDefBuilder) => {
  const data =
    y.dtype === 'float32' ? Float32Array.of(value) : y.dtype === 'int32' ? Int32Array.of(value) : Uint8Array.of(value);
  return tf.op('Fill', [tf.ints(y.shape), tf.constant(data, [], y.dtype)], { ...T(y), index_type: INDEX });
};

/** `[rank, 2]`, as padding operations take it. */
const amounts = (paddings: readonly (readonly [number, number])[], tf: GraphDefBuilder) =>
  tf.constant(Int32Array.from(paddings.flat()), [paddings.length, 2], 'int32');

const mirrored =
  (op: 'MirrorPad' | 'MirrorPadGrad'): TensorflowKernel<{ paddings: [number, number][]; mode: string }> =>
  (names, { attrs, outputs: [y] }, tf) =>
    tf.op(op, [Object.values(names)[0], amounts(attrs.paddings, tf)], {
      ...T(y),
      Tpaddings: INDEX,
      mode: attrs.mode.toUpperCase(),
    });

/** Adds `value` around `name`, a tensor of the type of `like`. */
export function pad(
  name: string,
  paddings: readonly (readonly [number, number])[],
  value: number,
  like: Typed,
  tf: GraphDefBuilder,
): string {
  const fill =
    like.dtype === 'bool'
      ? tf.constant(Uint8Array.of(value), [], 'bool')
      : tf.scalar(value, like.dtype === 'int32' ? 'int32' : 'float32');
  return tf.op('PadV2', [name, amounts(paddings, tf), fill], { ...T(like), Tpaddings: INDEX });
}

/** The part of `name` that begins at `begin`, of the shape of `y`. */
export const slice = (name: string, begin: readonly number[], y: Pick<Value, 'shape' | 'dtype'>, tf: GraphDefBuilder) =>
  tf.op('Slice', [name, tf.ints(begin), tf.ints(y.shape)], { T: { type: y.dtype }, Index: INDEX });

/** Reshaping, cutting, joining, padding, repeating. */
export const shapeKernels = {
  Reshape: ({ x }, { outputs: [y] }, tf) => reshape(x, y, tf),
  ExpandDims: ({ input }, { outputs: [y] }, tf) => reshape(input, y, tf),
  Transpose: (({ x }, { attrs, outputs: [y] }, tf) =>
    tf.op('Transpose', [x, tf.ints(attrs.perm)], { ...T(y), Tperm: INDEX })) satisfies TensorflowKernel<{
    perm: number[];
  }>,
  Slice: (({ x: name }, { inputs: { x }, attrs, outputs: [y] }, tf) => {
    const begins = [attrs.begin].flat();
    return slice(
      name,
      x.shape.map((_, i) => begins[i] ?? 0),
      y,
      tf,
    );
  }) satisfies TensorflowKernel<{ begin: number | number[] }>,
  StridedSlice: (({ x }, { attrs, outputs: [y] }, tf) =>
    tf.op('StridedSlice', [x, tf.ints(attrs.begin), tf.ints(attrs.end), tf.ints(attrs.strides)], {
      ...T(y),
      Index: INDEX,
      begin_mask: attrs.beginMask,
      end_mask: attrs.endMask,
      ellipsis_mask: attrs.ellipsisMask,
      new_axis_mask: attrs.newAxisMask,
      shrink_axis_mask: attrs.shrinkAxisMask,
    })) satisfies TensorflowKernel<StridedSliceAttrs>,
  Concat: ((names, { attrs, outputs: [y] }, tf) => {
    const parts = Object.values(names);
    return tf.op('ConcatV2', [...parts, tf.scalar(attrs.axis, 'int32')], { ...T(y), Tidx: INDEX, N: parts.length });
  }) satisfies TensorflowKernel<{ axis: number }>,
  SplitV: (({ x }, { attrs, outputs }, tf) => {
    const axis = attrs.axis < 0 ? attrs.axis + outputs[0].shape.length : attrs.axis;
    const sizes = tf.ints(outputs.map(({ shape }) => shape[axis]));
    const attributes = { ...T(outputs[0]), Tlen: INDEX, num_split: outputs.length };
    return tf.node('SplitV', [x, sizes, tf.scalar(axis, 'int32')], attributes, outputs.length);
  }) satisfies TensorflowKernel<{ axis: number }>,
  Pack: ((names, { attrs, outputs: [y] }, tf) => {
    const parts = Object.values(names);
    return tf.op('Pack', parts, { ...T(y), N: parts.length, axis: attrs.axis });
  }) satisfies TensorflowKernel<{ axis: number }>,
  Unpack: (({ value }, { inputs, attrs, outputs }, tf) =>
    tf.node(
      'Unpack',
      [value],
      { ...T(inputs.value), num: outputs.length, axis: attrs.axis },
      outputs.length,
    )) satisfies TensorflowKernel<{ axis: number }>,
  PadV2: (({ x }, { attrs, outputs: [y] }, tf) =>
    pad(x, attrs.paddings, attrs.constantValue ?? 0, y, tf)) satisfies TensorflowKernel<{
    paddings: [number, number][];
    constantValue?: number;
  }>,
  MirrorPad: mirrored('MirrorPad'),
  MirrorPadGrad: mirrored('MirrorPadGrad'),
  Tile: (({ x }, { attrs, outputs: [y] }, tf) =>
    tf.op('Tile', [x, tf.ints(attrs.reps)], { ...T(y), Tmultiples: INDEX })) satisfies TensorflowKernel<{
    reps: number[];
  }>,
  Reverse: (({ x: name }, { inputs: { x }, attrs }, tf) =>
    tf.op('ReverseV2', [name, tf.ints(util.parseAxisParam(attrs.dims, [...x.shape]))], {
      ...T(x),
      Tidx: INDEX,
    })) satisfies TensorflowKernel<{ dims: number | number[] }>,
  ZerosLike: (_names, { outputs: [y] }, tf) => filled(y, 0, tf),
  OnesLike: (_names, { outputs: [y] }, tf) => filled(y, 1, tf),
  Fill: ((_names, { attrs, outputs: [y] }, tf) => filled(y, attrs.value, tf)) satisfies TensorflowKernel<{
    value: number;
  }>,
} satisfies TensorflowKernelTable;
