import { backend_util, util } from '@tensorflow/tfjs-core';
import type { DataType } from '@tensorflow/tfjs-core';
import type { Lowering } from '../onnx/lowering.ts';
import { reduceBlocked } from '../onnx/blocked-arithmetic.ts';
import { orderedLayout } from '../onnx/lowering.ts';
import type { Layout } from '../onnx/layouts.ts';
import { LAYOUTS, permute, physicalAxis } from '../onnx/layouts.ts';
import type { Value } from '../graph.ts';
import type { Kernel, KernelCall } from './kernel.ts';

interface ReductionAttrs {
  axis?: number | number[];
  /** What `Max` calls its axes. */
  reductionIndices?: number | number[];
  keepDims?: boolean;
}

const axesOf = (shape: readonly number[], axis: number | number[] | undefined) =>
  util.parseAxisParam(axis ?? shape.map((_, i) => i), [...shape]).sort((a, b) => a - b);

/** A layout of `x` in which dropping `axes` leaves the others in their logical order. */
function reducibleLayout(
  x: Value,
  axes: readonly number[],
  keepDims: boolean,
  to: Lowering,
): Exclude<Layout, 'blocked'> {
  const layout = orderedLayout([x], to);
  if (layout === 'logical' || keepDims) return layout;
  const kept = LAYOUTS[layout].filter((axis) => !axes.includes(axis));
  return kept.every((axis, i) => i === 0 || axis > kept[i - 1]) ? layout : 'logical';
}

function lowerReduction(
  x: Value,
  y: Value,
  attrs: ReductionAttrs,
  to: Lowering,
  emit: (x: string, axes: number[], shape: number[]) => string,
) {
  const axes = axesOf(x.shape, attrs?.axis ?? attrs?.reductionIndices);
  const keepDims = attrs?.keepDims === true;
  const layout = reducibleLayout(x, axes, keepDims, to);
  const name =
    axes.length === 0
      ? to.get(x, layout)
      : emit(
          to.get(x, layout),
          axes.map((axis) => physicalAxis(axis, layout)),
          permute(x.shape, layout),
        );
  to.set(y, name, y.shape.length === 4 ? layout : 'logical');
}

const product = (sizes: readonly number[]) => sizes.reduce((a, b) => a * b, 1);

/** Whether `axes` are the first ones, and short against the others. */
const isFewRows = (axes: readonly number[], shape: readonly number[]) =>
  axes.every((axis) => axis < axes.length) &&
  product(shape.slice(0, axes.length)) <= 16 &&
  product(shape.slice(axes.length)) >= 1024;

/**
 * A product with a row of ones: ONNX Runtime's own sum over the first axes takes five times as
 * long.
 */
function sumOfRows(x: string, axes: readonly number[], shape: readonly number[], keepDims: boolean, to: Lowering) {
  const { onnx } = to;
  const [rows, kept] = [product(shape.slice(0, axes.length)), shape.slice(axes.length)];
  const ones = onnx.floats(new Float32Array(rows).fill(1), [1, rows]);
  const sum = onnx.op('Gemm', [ones, onnx.op('Reshape', [x, onnx.ints([rows, product(kept)])])]);
  return onnx.op('Reshape', [sum, onnx.ints(keepDims ? [...axes.map(() => 1), ...kept] : kept)]);
}

function reduction(opType: string, dtype?: DataType): Kernel<ReductionAttrs> {
  return {
    infer: ({ x }, attrs) => {
      const axes = axesOf(x.shape, attrs?.axis ?? attrs?.reductionIndices);
      const [kept] = backend_util.computeOutAndReduceShapes([...x.shape], axes);
      const shape = attrs?.keepDims === true ? backend_util.expandShapeToKeepDim(kept, axes) : kept;
      return [{ shape, dtype: dtype ?? x.dtype }];
    },
    lower: ({ inputs: { x }, attrs, outputs: [y] }, to) => {
      const isMean = opType === 'ReduceMean';
      const axes = axesOf(x.shape, attrs?.axis ?? attrs?.reductionIndices);
      if ((isMean || opType === 'ReduceSum') && reduceBlocked(x, axes, isMean, y, to)) return;
      lowerReduction(x, y, attrs, to, (name, reduced, shape) => {
        const keepDims = attrs?.keepDims === true;
        if (!to.portable && opType === 'ReduceSum' && x.dtype === 'float32' && isFewRows(reduced, shape))
          return sumOfRows(name, reduced, shape, keepDims, to);
        const options = { keepdims: keepDims ? 1 : 0 };
        const axes = to.onnx.ints(reduced);
        const along = (op: string, operand: string) => to.onnx.op(op, [operand, axes], options);
        if (opType === 'ReduceMean' && x.dtype !== 'float32')
          return along(opType, to.onnx.op('Cast', [name], { to: 1 }));
        if (x.dtype === 'bool')
          return to.onnx.op('Cast', [along(opType, to.onnx.op('Cast', [name], { to: 6 }))], { to: 9 });
        if (x.dtype === 'float32' && (opType === 'ReduceMax' || opType === 'ReduceMin') && !to.onCard) {
          // ONNX Runtime loses NaNs here. A sum of squares is NaN exactly if one of them is. Cards
          // would ask the processor whether it is.
          const squares = along('ReduceSumSquare', name);
          return to.onnx.op('Where', [to.onnx.op('IsNaN', [squares]), squares, along(opType, name)]);
        }
        return along(opType, name);
      });
    },
  };
}

/**
 * The first place where the extreme is. A card's own operators for it count in 64 bits, which only
 * the processor can make 32 of.
 */
function argumentOnCard(
  opType: 'ArgMax' | 'ArgMin',
  x: string,
  axis: number,
  shape: readonly number[],
  to: Lowering,
): string {
  const { onnx } = to;
  const along = (op: string, operand: string, keepdims: 0 | 1) =>
    onnx.op(op, [operand, onnx.ints([axis])], { keepdims });
  const length = shape[axis];
  const places = onnx.floats(
    Float32Array.from({ length }, (_, i) => i),
    shape.map((size, i) => (i === axis ? size : 1)),
  );
  const extreme = along(opType === 'ArgMax' ? 'ReduceMax' : 'ReduceMin', x, 1);
  const isExtreme = onnx.op(opType === 'ArgMax' ? 'GreaterOrEqual' : 'LessOrEqual', [x, extreme]);
  const first = along('ReduceMin', onnx.op('Where', [isExtreme, places, onnx.scalar(length - 1)]), 0);
  return onnx.op('Cast', [first], { to: 6 });
}

function argument(opType: 'ArgMax' | 'ArgMin'): Kernel<{ axis: number | number[] }> {
  const axisOf = (shape: readonly number[], axis: number | number[]) => axesOf(shape, axis)[0];
  return {
    infer: ({ x }, attrs) => {
      const axis = axisOf(x.shape, attrs.axis);
      return [{ shape: x.shape.filter((_, i) => i !== axis), dtype: 'int32' }];
    },
    lower: ({ inputs: { x }, attrs, outputs: [y] }, to) => {
      const axis = axisOf(x.shape, attrs.axis);
      const layout = reducibleLayout(x, [axis], false, to);
      const { onnx } = to;
      const name = to.get(x, layout);
      if (to.onCard) {
        const numbers = x.dtype === 'bool' ? onnx.op('Cast', [name], { to: 6 }) : name;
        const place = argumentOnCard(opType, numbers, physicalAxis(axis, layout), permute(x.shape, layout), to);
        return to.set(y, place);
      }
      // NaNs are passed over.
      const numbers =
        x.dtype === 'float32'
          ? onnx.op('Where', [onnx.op('IsNaN', [name]), onnx.scalar(opType === 'ArgMax' ? -Infinity : Infinity), name])
          : onnx.op('Cast', [name], { to: 6 });
      const index = onnx.op(opType, [numbers], { axis: physicalAxis(axis, layout), keepdims: 0 });
      to.set(y, to.onnx.op('Cast', [index], { to: 6 }));
    },
  };
}

/** Sums, means, extremes and softmax. */
export const reductionKernels = {
  All: reduction('ReduceMin'),
  Any: reduction('ReduceMax'),
  ArgMax: argument('ArgMax'),
  ArgMin: argument('ArgMin'),
  Max: reduction('ReduceMax'),
  Mean: reduction('ReduceMean', 'float32'),
  Min: reduction('ReduceMin'),
  Prod: reduction('ReduceProd'),
  Sum: reduction('ReduceSum'),
  LogSoftmax: softmax('LogSoftmax'),
  Softmax: softmax('Softmax'),
  TopK: {
    infer: ({ x }, { k }) => {
      const length = x.shape.at(-1)!;
      if (k < 0 || k > length) throw new Error(`topk: k must be in 0..${length}, the size of the last axis, not ${k}`);
      const shape = [...x.shape.slice(0, -1), k];
      return [
        { shape, dtype: x.dtype },
        { shape, dtype: 'int32' },
      ];
    },
    lower: ({ inputs: { x }, attrs, outputs: [values, indices] }: KernelCall<{ k: number }>, to: Lowering) => {
      const [top, places] = to.onnx.node('TopK', [to.get(x), to.onnx.ints([attrs.k])], { axis: -1 }, 2);
      to.set(values, top);
      to.set(indices, to.onnx.op('Cast', [places], { to: 6 }));
    },
  } satisfies Kernel<{ k: number; sorted: boolean }>,
  Cumsum: {
    infer: ({ x }) => [x],
    lower: (
      { inputs: { x }, attrs, outputs: [y] }: KernelCall<{ axis: number; exclusive: boolean; reverse: boolean }>,
      to: Lowering,
    ) => {
      const axis = to.onnx.scalar(axesOf(x.shape, attrs.axis)[0], 'int32');
      const options = { exclusive: Number(attrs.exclusive), reverse: Number(attrs.reverse) };
      to.set(y, to.onnx.op('CumSum', [to.get(x), axis], options));
    },
  } satisfies Kernel<{ axis: number; exclusive: boolean; reverse: boolean }>,
};

function softmax(opType: 'Softmax' | 'LogSoftmax'): Kernel<{ dim?: number; axis?: number }> {
  return {
    infer: ({ logits }) => [logits],
    lower: ({ inputs: { logits }, attrs, outputs: [y] }, to) => {
      const layout = orderedLayout([logits], to);
      const [logicalAxis] = axesOf(logits.shape, attrs.dim ?? attrs.axis);
      const axis = physicalAxis(logicalAxis, layout);
      const name = to.get(logits, layout);
      if (to.portable || axis === logits.shape.length - 1)
        return to.set(y, to.onnx.op(opType, [name], { axis }), layout);
      // ONNX Runtime turns the axis to the end and back, which takes several times as long as the
      // passes below.
      const along = (reduce: string, x: string) => to.onnx.op(reduce, [x, to.onnx.ints([axis])], { keepdims: 1 });
      const shifted = to.onnx.op('Sub', [name, along('ReduceMax', name)]);
      const powers = to.onnx.op('Exp', [shifted]);
      const sum = along('ReduceSum', powers);
      const result =
        opType === 'Softmax'
          ? to.onnx.op('Div', [powers, sum])
          : to.onnx.op('Sub', [shifted, to.onnx.op('Log', [sum])]);
      to.set(y, result, layout);
    },
  };
}
