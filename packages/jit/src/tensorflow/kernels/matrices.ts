import type { Value } from '../../graph.ts';
import type { GraphDefBuilder } from '../graph-def-builder.ts';
import type { TensorflowKernel, TensorflowKernelTable } from './tensorflow-kernel.ts';

const INDEX = { type: 'int32' } as const;

/**
 * TensorFlow.js lets a list of single indices come without its last axis, and one update stand for
 * all.
 */
function scatterOperands(
  names: Readonly<Record<'indices' | 'updates', string>>,
  { indices, updates }: Readonly<Record<string, Value>>,
  shape: readonly number[],
  tf: GraphDefBuilder,
): string[] {
  const T = { type: updates.dtype };
  const depth = indices.shape.length > 1 ? indices.shape.at(-1)! : 1;
  const count = indices.shape.reduce((a, b) => a * b, 1) / Math.max(depth, 1);
  const places = tf.op('Reshape', [names.indices, tf.ints([count, depth])], { T: INDEX, Tshape: INDEX });
  const form = tf.ints([count, ...shape.slice(depth)]);
  const values =
    updates.shape.length === 0
      ? tf.op('BroadcastTo', [names.updates, form], { T, Tidx: INDEX })
      : tf.op('Reshape', [names.updates, form], { T, Tshape: INDEX });
  return [places, values];
}

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
  ScatterNd: (({ indices, updates }, { inputs, attrs, outputs: [y] }, tf) => {
    const [places, values] = scatterOperands({ indices, updates }, inputs, attrs.shape, tf);
    return tf.op('ScatterNd', [places, values, tf.ints(attrs.shape)], { T: { type: y.dtype }, Tindices: INDEX });
  }) satisfies TensorflowKernel<{ shape: number[] }>,
  SparseToDense: (({ sparseIndices, sparseValues, defaultValue }, { attrs, outputs: [y] }, tf) =>
    tf.op('SparseToDense', [sparseIndices, tf.ints(attrs.outputShape), sparseValues, defaultValue], {
      T: { type: y.dtype },
      Tindices: INDEX,
      validate_indices: false,
    })) satisfies TensorflowKernel<{ outputShape: number[] }>,
  TensorScatterUpdate: ({ tensor, indices, updates }, { inputs, outputs: [y] }, tf) => {
    const operands = [tensor, ...scatterOperands({ indices, updates }, inputs, y.shape, tf)];
    return tf.op('TensorScatterUpdate', operands, { T: { type: y.dtype }, Tindices: INDEX });
  },
  Einsum: ((names, { inputs, attrs, outputs: [y] }, tf) =>
    tf.op('Einsum', Object.values(names), {
      N: Object.keys(inputs).length,
      T: { type: y.dtype },
      equation: attrs.equation.replace(/\s/g, ''),
    })) satisfies TensorflowKernel<{ equation: string }>,
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
