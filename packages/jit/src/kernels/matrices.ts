import type { DataType } from '@tensorflow/tfjs-core';
import type { Lowering } from '../onnx/lowering.ts';
import type { Kernel, KernelCall } from './kernel.ts';

interface MatMulAttrs {
  transposeA: boolean;
  transposeB: boolean;
}

/** Matrix products, look-ups by index and their reverse. */
export const matrixKernels = {
  BatchMatMul: {
    infer: ({ a, b }, { transposeA, transposeB }) => {
      const rows = transposeA ? a.shape.at(-1)! : a.shape.at(-2)!;
      const columns = transposeB ? b.shape.at(-2)! : b.shape.at(-1)!;
      const batchA = a.shape.slice(0, -2);
      const batchB = b.shape.slice(0, -2);
      const batch = batchA.map((size, i) => Math.max(size, batchB[i] ?? 1));
      return [{ shape: [...batch, rows, columns], dtype: a.dtype }];
    },
    lower: ({ inputs: { a, b }, attrs, outputs: [y] }: KernelCall<MatMulAttrs>, to: Lowering) => {
      const options = { transA: Number(attrs.transposeA), transB: Number(attrs.transposeB) };
      if (a.shape.length === 2 && b.shape.length === 2)
        return to.set(y, to.onnx.op('Gemm', [to.get(a), to.get(b)], options));
      to.set(y, to.onnx.op('com.microsoft:FusedMatMul', [to.get(a), to.get(b)], options));
    },
  } satisfies Kernel<MatMulAttrs>,
  GatherV2: {
    infer: ({ x, indices }, { axis, batchDims }) => [
      {
        shape: [...x.shape.slice(0, axis), ...indices.shape.slice(batchDims), ...x.shape.slice(axis + 1)],
        dtype: x.dtype,
      },
    ],
    lower: (
      {
        inputs: { x, indices },
        attrs: { axis, batchDims },
        outputs: [y],
      }: KernelCall<{ axis: number; batchDims: number }>,
      to: Lowering,
    ) => {
      if (batchDims !== 0)
        throw new Error(
          "jit: gather with batchDims > 0 has no compiled form; use engine: 'eager' or index a flattened tensor",
        );
      to.set(y, to.onnx.op('Gather', [to.get(x), to.get(indices)], { axis }));
    },
  } satisfies Kernel<{ axis: number; batchDims: number }>,
  GatherNd: {
    infer: ({ params, indices }) => [
      { shape: [...indices.shape.slice(0, -1), ...params.shape.slice(indices.shape.at(-1)!)], dtype: params.dtype },
    ],
    lower: ({ inputs: { params, indices }, outputs: [y] }, to) =>
      to.set(y, to.onnx.op('GatherND', [to.get(params), to.onnx.op('Cast', [to.get(indices)], { to: 7 })])),
  } satisfies Kernel,
  ScatterNd: {
    infer: ({ updates }, { shape }) => [{ shape, dtype: updates.dtype }],
    lower: ({ inputs: { indices, updates }, attrs, outputs: [y] }: KernelCall<{ shape: number[] }>, to: Lowering) => {
      const zero = to.onnx.constant(
        updates.dtype === 'int32' ? Int32Array.of(0) : Float32Array.of(0),
        [],
        updates.dtype,
      );
      const zeros = to.onnx.op('Expand', [zero, to.onnx.ints(attrs.shape)]);
      to.set(
        y,
        to.onnx.op('ScatterND', [zeros, to.onnx.op('Cast', [to.get(indices)], { to: 7 }), to.get(updates)], {
          reduction: 'add',
        }),
      );
    },
  } satisfies Kernel<{ shape: number[] }>,
  UnsortedSegmentSum: {
    infer: ({ x, segmentIds }, { numSegments }) => [
      { shape: [numSegments, ...x.shape.slice(segmentIds.shape.length)], dtype: x.dtype },
    ],
    lower: ({ inputs: { x, segmentIds }, attrs, outputs: [y] }: KernelCall<{ numSegments: number }>, to: Lowering) => {
      const { onnx } = to;
      const count = segmentIds.shape.reduce((a, b) => a * b, 1);
      const inner = x.shape.slice(segmentIds.shape.length);
      const zero = onnx.constant(x.dtype === 'int32' ? Int32Array.of(0) : Float32Array.of(0), [], x.dtype);
      const zeros = onnx.op('Expand', [zero, onnx.ints([attrs.numSegments, ...inner])]);
      const rows = onnx.op('Reshape', [onnx.op('Cast', [to.get(segmentIds)], { to: 7 }), onnx.ints([count, 1])]);
      const updates = onnx.op('Reshape', [to.get(x), onnx.ints([count, ...inner])]);
      to.set(y, onnx.op('ScatterND', [zeros, rows, updates], { reduction: 'add' }));
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
