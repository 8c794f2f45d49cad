import { util } from '@tensorflow/tfjs-core';
import type { DataType } from '@tensorflow/tfjs-core';
import type { TensorflowKernel, TensorflowKernelTable } from './tensorflow-kernel.ts';
import { cast } from './elementwise.ts';

interface ReductionAttrs {
  axis?: number | number[];
  /** What `Max` calls its axes. */
  reductionIndices?: number | number[];
  keepDims?: boolean;
}

const axesOf = (shape: readonly number[], axis: number | number[] | undefined) =>
  util.parseAxisParam(axis ?? shape.map((_, i) => i), [...shape]);

/**
 * `dtype` is the type in which TensorFlow reduces when it is not the input's; `All` and `Any` are
 * for bool alone.
 */
const reduction =
  (op: string, dtype?: DataType): TensorflowKernel<ReductionAttrs> =>
  ({ x: name }, { inputs: { x }, attrs }, tf) => {
    const axes = tf.ints(axesOf(x.shape, attrs?.axis ?? attrs?.reductionIndices));
    const type = dtype ?? x.dtype;
    const attributes = { Tidx: { type: 'int32' }, keep_dims: attrs?.keepDims === true } as const;
    return tf.op(
      op,
      [cast(name, x.dtype, type, tf), axes],
      type === 'bool' ? attributes : { ...attributes, T: { type } },
    );
  };

const argument =
  (op: 'ArgMax' | 'ArgMin'): TensorflowKernel<{ axis: number | number[] }> =>
  ({ x: name }, { inputs: { x }, attrs }, tf) => {
    const [axis] = axesOf(x.shape, attrs.axis);
    const attributes = { T: { type: x.dtype }, Tidx: { type: 'int32' }, output_type: { type: 'int32' } } as const;
    return tf.op(op, [name, tf.scalar(axis, 'int32')], attributes);
  };

type SoftmaxKernel = TensorflowKernel<{ dim?: number; axis?: number }>;

/** Not TensorFlow's own, which loses not-a-number on processors. */
const softmax: SoftmaxKernel = ({ logits: name }, { inputs: { logits }, attrs }, tf) => {
  const type = { T: { type: logits.dtype } };
  const axes = tf.ints(axesOf(logits.shape, attrs.dim ?? attrs.axis));
  const along = (op: 'Max' | 'Sum', x: string) =>
    tf.op(op, [x, axes], { ...type, Tidx: { type: 'int32' }, keep_dims: true });
  const powers = tf.op('Exp', [tf.op('Sub', [name, along('Max', name)], type)], type);
  return tf.op('RealDiv', [powers, along('Sum', powers)], type);
};

const logSoftmax: SoftmaxKernel = ({ logits: name }, { inputs: { logits }, attrs }, tf) => {
  const rank = logits.shape.length;
  const [axis] = axesOf(logits.shape, attrs.dim ?? attrs.axis);
  const attributes = { T: { type: logits.dtype } };
  if (axis === rank - 1) return tf.op('LogSoftmax', [name], attributes);
  // TensorFlow knows only the last axis. Exchanging two axes is its own reverse.
  const exchange = tf.ints(logits.shape.map((_, i) => (i === axis ? rank - 1 : i === rank - 1 ? axis : i)));
  const exchanged = (x: string) => tf.op('Transpose', [x, exchange], { ...attributes, Tperm: { type: 'int32' } });
  return exchanged(tf.op('LogSoftmax', [exchanged(name)], attributes));
};

/** Sums, means, extremes and softmax. */
export const reductionKernels = {
  All: reduction('All', 'bool'),
  Any: reduction('Any', 'bool'),
  ArgMax: argument('ArgMax'),
  ArgMin: argument('ArgMin'),
  Max: reduction('Max'),
  Mean: reduction('Mean', 'float32'),
  Min: reduction('Min'),
  Prod: reduction('Prod'),
  TopK: (({ x }, { attrs, outputs: [values] }, tf) =>
    tf.node(
      'TopKV2',
      [x, tf.scalar(attrs.k, 'int32')],
      { T: { type: values.dtype }, sorted: true },
      2,
    )) satisfies TensorflowKernel<{
    k: number;
  }>,
  Sum: reduction('Sum'),
  LogSoftmax: logSoftmax,
  Softmax: softmax,
  Cumsum: (({ x: name }, { inputs: { x }, attrs }, tf) =>
    tf.op('Cumsum', [name, tf.scalar(axesOf(x.shape, attrs.axis)[0], 'int32')], {
      T: { type: x.dtype },
      Tidx: { type: 'int32' },
      exclusive: attrs.exclusive === true,
      reverse: attrs.reverse === true,
    })) satisfies TensorflowKernel<{ axis: number; exclusive?: boolean; reverse?: boolean }>,
} satisfies TensorflowKernelTable;
