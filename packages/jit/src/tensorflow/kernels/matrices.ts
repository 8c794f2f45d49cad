import type { TensorflowKernel, TensorflowKernelTable } from './tensorflow-kernel.ts';

const INDEX = { type: 'int32' } as const;

/** Matrix products, look-ups by index and their reverse. */
export const matrixKernels = {
  BatchMatMul: (({ a, b }, { inputs, attrs }, tf) => {
    const T = { type: inputs.a.dtype };
    const [first, second] = [attrs.transposeA === true, attrs.transposeB === true];
    return inputs.a.shape.length === 2 && inputs.b.shape.length === 2
      ? tf.op('MatMul', [a, b], { T, transpose_a: first, transpose_b: second })
      : tf.op('BatchMatMulV2', [a, b], { T, adj_x: first, adj_y: second });
  }) satisfies TensorflowKernel<{ transposeA?: boolean; transposeB?: boolean }>,
  GatherV2: (({ x: name, indices }, { inputs: { x }, attrs }, tf) => {
    const axis = attrs.axis < 0 ? attrs.axis + x.shape.length : attrs.axis;
    return tf.op('GatherV2', [name, indices, tf.scalar(axis, 'int32')], {
      Tparams: { type: x.dtype },
      Tindices: INDEX,
      Taxis: INDEX,
      batch_dims: attrs.batchDims ?? 0,
    });
  }) satisfies TensorflowKernel<{ axis: number; batchDims?: number }>,
  GatherNd: ({ params, indices }, { inputs }, tf) =>
    tf.op('GatherNd', [params, indices], { Tparams: { type: inputs.params.dtype }, Tindices: INDEX }),
  ScatterNd: (({ indices, updates }, { attrs, outputs: [y] }, tf) =>
    tf.op('ScatterNd', [indices, updates, tf.ints(attrs.shape)], {
      T: { type: y.dtype },
      Tindices: INDEX,
    })) satisfies TensorflowKernel<{ shape: number[] }>,
  UnsortedSegmentSum: (({ x, segmentIds }, { attrs, outputs: [y] }, tf) =>
    tf.op('UnsortedSegmentSum', [x, segmentIds, tf.scalar(attrs.numSegments, 'int32')], {
      T: { type: y.dtype },
      Tindices: INDEX,
      Tnumsegments: INDEX,
    })) satisfies TensorflowKernel<{ numSegments: number }>,
  OneHot: (({ indices }, { attrs, outputs: [y] }, tf) => {
    const scalar = (value: number) =>
      y.dtype === 'bool'
        ? tf.constant(Uint8Array.of(value), [], 'bool')
        : tf.scalar(value, y.dtype === 'int32' ? 'int32' : 'float32');
    const depth = tf.scalar(attrs.depth, 'int32');
    return tf.op('OneHot', [indices, depth, scalar(attrs.onValue), scalar(attrs.offValue)], {
      T: { type: y.dtype },
      TI: INDEX,
      axis: -1,
    });
  }) satisfies TensorflowKernel<{ depth: number; onValue: number; offValue: number }>,
} satisfies TensorflowKernelTable;
