import { backend_util } from '@tensorflow/tfjs-core';
import type { DataType, Tensor } from '@tensorflow/tfjs-core';
import type { Value } from '../graph.ts';
import type { Lowering } from '../onnx/lowering.ts';
import type { Kernel, KernelCall } from './kernel.ts';
import { tensorInfo } from './tensor-info.ts';

interface MatMulAttrs {
  transposeA: boolean;
  transposeB: boolean;
}

const zero = (dtype: DataType, to: Lowering) =>
  to.onnx.constant(
    dtype === 'int32' ? Int32Array.of(0) : dtype === 'bool' ? Uint8Array.of(0) : Float32Array.of(0),
    [],
    dtype,
  );

/**
 * `target` with `updates` at `indices`; TensorFlow.js lets a list of single indices come without
 * its last axis, and one update stand for all.
 */
function scatter(
  target: string,
  shape: readonly number[],
  indices: Value,
  updates: Value,
  to: Lowering,
  options: Record<string, string> = {},
): string {
  const { onnx } = to;
  const { sliceRank, numUpdates } = backend_util.calculateShapes(tensorInfo(updates), tensorInfo(indices), [...shape]);
  const places = onnx.op('Reshape', [
    onnx.op('Cast', [to.get(indices)], { to: 7 }),
    onnx.ints([numUpdates, sliceRank]),
  ]);
  const form = onnx.ints([numUpdates, ...shape.slice(sliceRank)]);
  const values = onnx.op(updates.shape.length === 0 ? 'Expand' : 'Reshape', [to.get(updates), form]);
  return onnx.op('ScatterND', [target, places, values], options);
}

/** Matrix products, look-ups by index and their reverse. */
export const matrixKernels = {
  BatchMatMul: {
    infer: ({ a, b }, { transposeA, transposeB }) => {
      const rows = transposeA ? a.shape.at(-1)! : a.shape.at(-2)!;
      const columns = transposeB ? b.shape.at(-2)! : b.shape.at(-1)!;
      const [innerA, innerB] = [
        transposeA ? a.shape.at(-2) : a.shape.at(-1),
        transposeB ? b.shape.at(-1) : b.shape.at(-2),
      ];
      if (innerA !== innerB) {
        throw new Error(
          `matMul: inner shapes (${innerA}) and (${innerB}) of tensors with shapes ${a.shape} and ${b.shape} and transposeA=${transposeA} and transposeB=${transposeB} must match`,
        );
      }
      const batch = backend_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
      return [{ shape: [...batch, rows, columns], dtype: a.dtype }];
    },
    lower: ({ inputs: { a, b }, attrs, outputs: [y] }: KernelCall<MatMulAttrs>, to: Lowering) => {
      const options = { transA: Number(attrs.transposeA), transB: Number(attrs.transposeB) };
      const isPlain = a.dtype === 'float32' && a.shape.length === 2 && b.shape.length === 2;
      if (isPlain) return to.set(y, to.onnx.op('Gemm', [to.get(a), to.get(b)], options));
      if (a.dtype !== 'float32' || to.onCard) {
        const operand = (value: Value, transposed: boolean) => {
          const axes = value.shape.map((_, axis) => axis);
          const perm = [...axes.slice(0, -2), axes.length - 1, axes.length - 2];
          return transposed ? to.onnx.op('Transpose', [to.get(value)], { perm }) : to.get(value);
        };
        return to.set(y, to.onnx.op('MatMul', [operand(a, attrs.transposeA), operand(b, attrs.transposeB)]));
      }
      to.set(y, to.onnx.op('com.microsoft:FusedMatMul', [to.get(a), to.get(b)], options));
    },
  } satisfies Kernel<MatMulAttrs>,
  GatherV2: {
    infer: ({ x, indices }, { axis, batchDims }) => {
      const { outputShape } = backend_util.segment_util.collectGatherOpShapeInfo(
        tensorInfo(x),
        tensorInfo(indices),
        axis,
        batchDims,
      );
      return [{ shape: outputShape, dtype: x.dtype }];
    },
    lower: (
      { inputs: { x, indices }, attrs, outputs: [y] }: KernelCall<{ axis: number; batchDims: number }>,
      to: Lowering,
    ) => {
      const { onnx } = to;
      const { axis } = attrs;
      if (attrs.batchDims === 0) return to.set(y, onnx.op('Gather', [to.get(x), to.get(indices)], { axis }));
      // GatherND looks things up along the axis that follows the batch: the axes between go behind
      // it, and back in the result.
      const batch = attrs.batchDims < 0 ? attrs.batchDims + indices.shape.length : attrs.batchDims;
      const range = (from: number, until: number) => Array.from({ length: until - from }, (_, i) => from + i);
      const rank = x.shape.length;
      const perm = [...range(0, batch), axis, ...range(batch, axis), ...range(axis + 1, rank)];
      const found = indices.shape.slice(batch).reduce((a, b) => a * b, 1);
      const places = onnx.op('Reshape', [
        onnx.op('Cast', [to.get(indices)], { to: 7 }),
        onnx.ints([...indices.shape.slice(0, batch), found, 1]),
      ]);
      const rows = onnx.op('GatherND', [onnx.op('Transpose', [to.get(x)], { perm }), places], { batch_dims: batch });
      const back = onnx.op('Transpose', [rows], { perm: range(0, rank).map((i) => perm.indexOf(i)) });
      to.set(y, onnx.op('Reshape', [back, onnx.ints(y.shape)]));
    },
  } satisfies Kernel<{ axis: number; batchDims: number }>,
  GatherNd: {
    infer: ({ params, indices }) => {
      const [shape] = backend_util.prepareAndValidate(tensorInfo(params), tensorInfo(indices));
      return [{ shape, dtype: params.dtype }];
    },
    lower: ({ inputs: { params, indices }, outputs: [y] }, to) =>
      to.set(y, to.onnx.op('GatherND', [to.get(params), to.onnx.op('Cast', [to.get(indices)], { to: 7 })])),
  } satisfies Kernel,
  ScatterNd: {
    infer: ({ updates }, { shape }) => [{ shape, dtype: updates.dtype }],
    lower: ({ inputs: { indices, updates }, attrs, outputs: [y] }: KernelCall<{ shape: number[] }>, to: Lowering) => {
      const zeros = to.onnx.op('Expand', [zero(y.dtype, to), to.onnx.ints(attrs.shape)]);
      to.set(y, scatter(zeros, attrs.shape, indices, updates, to, { reduction: 'add' }));
    },
  } satisfies Kernel<{ shape: number[] }>,
  SparseToDense: {
    infer: ({ sparseValues }, { outputShape }) => [{ shape: outputShape, dtype: sparseValues.dtype }],
    lower: ({ inputs, attrs, outputs: [y] }: KernelCall<{ outputShape: number[] }>, to: Lowering) => {
      const filled = to.onnx.op('Expand', [to.get(inputs.defaultValue), to.onnx.ints(attrs.outputShape)]);
      to.set(y, scatter(filled, attrs.outputShape, inputs.sparseIndices, inputs.sparseValues, to));
    },
  } satisfies Kernel<{ outputShape: number[] }>,
  TensorScatterUpdate: {
    infer: ({ tensor }) => [tensor],
    lower: ({ inputs: { tensor, indices, updates }, outputs: [y] }, to) =>
      to.set(y, scatter(to.get(tensor), tensor.shape, indices, updates, to)),
  } satisfies Kernel,
  Einsum: {
    infer: (inputs, { equation }) => {
      const tensors = Object.values(inputs).map(tensorInfo);
      const { allDims, idDims } = backend_util.decodeEinsumEquation(equation, tensors.length);
      backend_util.checkEinsumDimSizes(allDims.length, idDims, tensors as Tensor[]);
      const letters = equation.replace(/\s/g, '').split('->');
      const terms = letters[0].split(',');
      const sizeOf = (letter: string) => {
        const term = terms.findIndex((candidate) => candidate.includes(letter));
        return tensors[term].shape[terms[term].indexOf(letter)];
      };
      return [{ shape: [...letters[1]].map(sizeOf), dtype: tensors[0].dtype }];
    },
    lower: ({ inputs, attrs: { equation }, outputs: [y] }: KernelCall<{ equation: string }>, to: Lowering) => {
      const operands = Object.values(inputs).map((value) => to.get(value));
      to.set(y, to.onnx.op('Einsum', operands, { equation: equation.replace(/\s/g, '') }));
    },
  } satisfies Kernel<{ equation: string }>,
  UnsortedSegmentSum: {
    infer: ({ x, segmentIds }, { numSegments }) => [
      { shape: [numSegments, ...x.shape.slice(segmentIds.shape.length)], dtype: x.dtype },
    ],
    lower: ({ inputs: { x, segmentIds }, attrs, outputs: [y] }: KernelCall<{ numSegments: number }>, to: Lowering) => {
      const { onnx } = to;
      const { numSegments } = attrs;
      const count = segmentIds.shape.reduce((a, b) => a * b, 1);
      const inner = x.shape.slice(segmentIds.shape.length);
      // Rows of segments that do not exist are left out: they go to one more segment, which is cut
      // off.
      const zeros = onnx.op('Expand', [zero(x.dtype, to), onnx.ints([numSegments + 1, ...inner])]);
      const ids = to.get(segmentIds);
      const last = onnx.scalar(numSegments, 'int32');
      const known = onnx.op('Where', [
        onnx.op('Less', [ids, onnx.scalar(0, 'int32')]),
        last,
        onnx.op('Min', [ids, last]),
      ]);
      const rows = onnx.op('Reshape', [onnx.op('Cast', [known], { to: 7 }), onnx.ints([count, 1])]);
      const updates = onnx.op('Reshape', [to.get(x), onnx.ints([count, ...inner])]);
      const sums = onnx.op('ScatterND', [zeros, rows, updates], { reduction: 'add' });
      to.set(y, onnx.op('Slice', [sums, onnx.ints([0]), onnx.ints([numSegments]), onnx.ints([0])]));
    },
  } satisfies Kernel<{ numSegments: number }>,
  OneHot: {
    infer: ({ indices }, { depth, dtype }) => [{ shape: [...indices.shape, depth], dtype }],
    lower: (
      {
        inputs: { indices },
        attrs: { depth, onValue, offValue },
        outputs: [y],
      }: KernelCall<{ depth: number; onValue: number; offValue: number }>,
      to: Lowering,
    ) => {
      // ONNX's own OneHot counts negative indices from the end; TensorFlow.js leaves such rows off.
      const { onnx } = to;
      const classes = onnx.constant(
        Int32Array.from({ length: depth }, (_, i) => i),
        [depth],
        'int32',
      );
      const column = onnx.op('Reshape', [to.get(indices), onnx.ints([...indices.shape, 1])]);
      const hit = onnx.op('Cast', [onnx.op('Equal', [column, classes])], {
        to: y.dtype === 'float32' ? 1 : y.dtype === 'int32' ? 6 : 9,
      });
      if (onValue === 1 && offValue === 0) return to.set(y, hit);
      const type = y.dtype === 'int32' ? 'int32' : 'float32';
      to.set(
        y,
        onnx.op('Add', [onnx.op('Mul', [hit, onnx.scalar(onValue - offValue, type)]), onnx.scalar(offValue, type)]),
      );
    },
  } satisfies Kernel<{ depth: number; onValue: number; offValue: number; dtype: DataType }>,
};
