import { backend_util, slice_util, util } from '@tensorflow/tfjs-core';
import type { DataType, Tensor } from '@tensorflow/tfjs-core';
import type { Value } from '../graph.ts';
import { split } from '../onnx/split.ts';
import { padBlocked } from '../onnx/pad-blocked.ts';
import { BLOCKED_VIEW_AXES, blockedImage, blockedView } from '../onnx/blocked-view.ts';
import type { Lowering } from '../onnx/lowering.ts';
import { orderedLayout } from '../onnx/lowering.ts';
import { LAYOUTS, movesNothing, permute, physicalAxis } from '../onnx/layouts.ts';
import type { Kernel, KernelCall, TensorSpec } from './kernel.ts';
import { tensorInfo } from './tensor-info.ts';
import type { StridedSliceAttrs } from './strided-slice-attrs.ts';

const sizeOf = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);
const nonNegative = (axis: number, rank: number) => (axis < 0 ? axis + rank : axis);
const range = (n: number) => Array.from({ length: n }, (_, i) => i);

function lowerReshape(x: Value, y: Value, to: Lowering) {
  to.set(y, to.onnx.op('Reshape', [to.get(x), to.onnx.ints(y.shape)]));
}

/** The layout in which several tensors are cut or joined. */
const joinLayout = (values: readonly Value[], to: Lowering) =>
  values.every((value) => value.shape.length === 4) ? orderedLayout(values, to) : 'logical';

function slice(
  x: string,
  starts: readonly number[],
  ends: readonly number[],
  axes: readonly number[],
  to: Lowering,
  steps?: readonly number[],
) {
  const inputs = [x, starts, ends, axes, ...(steps ? [steps] : [])];
  return to.onnx.op(
    'Slice',
    inputs.map((input) => (typeof input === 'string' ? input : to.onnx.ints(input))),
  );
}

interface PadAttrs {
  paddings: [number, number][];
  constantValue?: number;
  mode?: 'reflect' | 'symmetric';
}

const paddedShape = ({ shape }: TensorSpec, { paddings }: PadAttrs) =>
  shape.map((size, i) => size + paddings[i][0] + paddings[i][1]);

/** For each position of a mirrored axis, the position that it shows. */
function mirrorIndices(size: number, [before, after]: [number, number], mode: 'reflect' | 'symmetric'): number[] {
  const edge = mode === 'reflect' ? 0 : 1;
  return range(before + size + after).map((i) => {
    const position = i - before;
    if (position < 0) return -position - edge;
    return position < size ? position : 2 * size - 2 - position + edge;
  });
}

/** Whether only rows and columns of an image in blocks are padded. */
const padsInBlocks = (x: Value, { paddings }: PadAttrs, to: Lowering) =>
  to.has(x, 'blocked') && paddings[3].every((amount) => amount === 0);

/** Adds to each kept position the gradients of its mirror images, axis by axis. */
function lowerMirrorPadGrad(dy: Value, dx: Value, attrs: PadAttrs, to: Lowering) {
  const { onnx } = to;
  const { paddings, mode } = attrs;
  const inBlocks = mode === 'reflect' && padsInBlocks(dy, attrs, to) && paddings.flat().every((amount) => amount <= 1);
  const layout = inBlocks ? 'blocked' : orderedLayout([dy], to);
  const rank = inBlocks ? 5 : dx.shape.length;
  let name = inBlocks ? blockedView(to.get(dy, layout), dy.shape, to) : to.get(dy, layout);
  for (const axis of range(dx.shape.length)) {
    const [before, after] = paddings[axis];
    if (before + after === 0) continue;
    const size = dx.shape[axis];
    const physical = inBlocks ? BLOCKED_VIEW_AXES[axis] : physicalAxis(axis, layout);
    const piece = (from: number, until: number) => slice(name, [from], [until], [physical], to);
    if (mode === 'reflect' && before <= 1 && after <= 1 && size >= before + after + 2) {
      const parts: string[] = [];
      let from = before;
      if (before === 1) {
        parts.push(piece(1, 2), onnx.op('Add', [piece(2, 3), piece(0, 1)]));
        from = 3;
      }
      const end = before + size;
      if (after === 1)
        parts.push(
          piece(from, end - 2),
          onnx.op('Add', [piece(end - 2, end - 1), piece(end, end + 1)]),
          piece(end - 1, end),
        );
      else parts.push(piece(from, end));
      name = onnx.op('Concat', parts, { axis: physical });
      continue;
    }
    const fold = new Float32Array(size * (before + size + after));
    mirrorIndices(size, [before, after], mode!).forEach(
      (source, i) => (fold[source * (before + size + after) + i] += 1),
    );
    const order = [
      ...range(rank).filter((i) => i !== physical && i !== rank - 1),
      physical,
      ...(physical === rank - 1 ? [] : [rank - 1]),
    ];
    const last = physical === rank - 1;
    // MatMul contracts the last axis of the left with the next-to-last of the right operand, so the
    // folded axis goes there.
    const matrix = onnx.floats(fold, [size, before + size + after]);
    if (last) name = onnx.op('MatMul', [name, onnx.op('Transpose', [matrix], { perm: [1, 0] })]);
    else {
      const moved = onnx.op('MatMul', [matrix, onnx.op('Transpose', [name], { perm: order })]);
      name = onnx.op('Transpose', [moved], { perm: range(rank).map((i) => order.indexOf(i)) });
    }
  }
  to.set(dx, inBlocks ? blockedImage(name, dx.shape, to) : name, layout);
}

const stridedSlice = ({ shape }: { shape: readonly number[] }, a: StridedSliceAttrs) =>
  slice_util.sliceInfo(
    [...shape],
    a.begin,
    a.end,
    a.strides,
    a.beginMask,
    a.endMask,
    a.ellipsisMask,
    a.newAxisMask,
    a.shrinkAxisMask,
  );

/** @throws if the slice leaves the tensor */
function sliceBounds(x: TensorSpec, attrs: { begin: number | number[]; size: number | number[] }) {
  const tensor = tensorInfo(x);
  const [begin, size] = slice_util.parseSliceParams(tensor as Tensor, attrs.begin, attrs.size);
  slice_util.assertParamsValid(tensor, begin, size);
  return { begin, size };
}

/** Reshaping, cutting, joining, padding, repeating. */
export const shapeKernels = {
  Reshape: {
    infer: ({ x }, { shape }) => [{ shape: util.inferFromImplicitShape([...shape], sizeOf(x.shape)), dtype: x.dtype }],
    lower: ({ inputs: { x }, outputs: [y] }, to) => lowerReshape(x, y, to),
  } satisfies Kernel<{ shape: number[] }>,
  ExpandDims: {
    infer: ({ input }, { dim }) => {
      const rank = input.shape.length;
      if (dim < -rank - 1 || dim > rank)
        throw new Error(`expandDims: axis must be in -${rank + 1}..${rank}, not ${dim}`);
      const at = dim < 0 ? dim + rank + 1 : dim;
      return [{ shape: [...input.shape.slice(0, at), 1, ...input.shape.slice(at)], dtype: input.dtype }];
    },
    lower: ({ inputs: { input }, outputs: [y] }, to) => lowerReshape(input, y, to),
  } satisfies Kernel<{ dim: number }>,
  Transpose: {
    infer: ({ x }, { perm }) => [{ shape: perm.map((axis) => x.shape[axis]), dtype: x.dtype }],
    lower: ({ inputs: { x }, attrs, outputs: [y] }, to) => {
      const layout = x.shape.length === 4 ? orderedLayout([x], to) : 'logical';
      const shape = permute(x.shape, layout);
      const permutation = attrs.perm.map((axis) => physicalAxis(axis, layout));
      const moved = movesNothing(shape, permutation);
      to.set(
        y,
        moved
          ? to.onnx.op('Reshape', [to.get(x, layout), to.onnx.ints(y.shape)])
          : to.onnx.op('Transpose', [to.get(x, layout)], { perm: permutation }),
      );
    },
  } satisfies Kernel<{ perm: number[] }>,
  Slice: {
    infer: ({ x }, attrs) => [{ shape: sliceBounds(x, attrs).size, dtype: x.dtype }],
    lower: ({ inputs: { x }, attrs, outputs: [y] }, to) => {
      const { begin, size } = sliceBounds(x, attrs);
      const layout = joinLayout([x], to);
      const axes = range(x.shape.length).filter((axis) => size[axis] !== x.shape[axis]);
      const name = to.get(x, layout);
      const starts = axes.map((axis) => begin[axis]);
      const ends = axes.map((axis) => begin[axis] + size[axis]);
      to.set(
        y,
        axes.length === 0
          ? name
          : slice(
              name,
              starts,
              ends,
              axes.map((axis) => physicalAxis(axis, layout)),
              to,
            ),
        layout,
      );
    },
  } satisfies Kernel<{ begin: number | number[]; size: number | number[] }>,
  StridedSlice: {
    infer: ({ x }, attrs) => [{ shape: stridedSlice(x, attrs).finalShape, dtype: x.dtype }],
    lower: ({ inputs: { x }, attrs, outputs: [y] }, to) => {
      const { begin, end, strides } = stridedSlice(x, attrs);
      if (to.onCard && strides.some((stride) => stride < 0)) {
        // Cards begin such slices one position late.
        const picked = strides.reduce((name, stride, axis) => {
          const count = Math.max(0, Math.ceil((end[axis] - begin[axis]) / stride));
          return to.onnx.op('Gather', [name, to.onnx.ints(range(count).map((i) => begin[axis] + i * stride))], {
            axis,
          });
        }, to.get(x));
        return to.set(y, to.onnx.op('Reshape', [picked, to.onnx.ints(y.shape)]));
      }
      const ends = end.map((position, i) => (strides[i] < 0 && position < 0 ? -(2 ** 31) : position));
      const cut = slice(to.get(x), begin, ends, range(begin.length), to, strides);
      to.set(y, to.onnx.op('Reshape', [cut, to.onnx.ints(y.shape)]));
    },
  } satisfies Kernel<StridedSliceAttrs>,
  Concat: {
    infer: (inputs, attrs) => {
      const parts = Object.values(inputs);
      const axis = nonNegative(attrs.axis, parts[0].shape.length);
      backend_util.assertParamsConsistent(
        parts.map(({ shape }) => [...shape]),
        axis,
      );
      const length = parts.reduce((sum, part) => sum + part.shape[axis], 0);
      return [{ shape: parts[0].shape.map((size, i) => (i === axis ? length : size)), dtype: parts[0].dtype }];
    },
    lower: ({ inputs, attrs, outputs: [y] }, to) => {
      const parts = Object.values(inputs).filter((part) => sizeOf(part.shape) > 0);
      const logicalAxis = nonNegative(attrs.axis, y.shape.length);
      const blocked = logicalAxis === 3 && parts.every((part) => to.has(part, 'blocked'));
      const layout = blocked ? 'blocked' : joinLayout(parts, to);
      const axis = physicalAxis(logicalAxis, layout);
      to.set(
        y,
        to.onnx.op(
          'Concat',
          parts.map((part) => to.get(part, layout)),
          { axis },
        ),
        layout,
      );
    },
  } satisfies Kernel<{ axis: number }>,
  SplitV: {
    infer: ({ x }, attrs) => {
      const axis = nonNegative(attrs.axis, x.shape.length);
      return splitSizes(x.shape, attrs).map((length) => ({
        shape: x.shape.map((size, i) => (i === axis ? length : size)),
        dtype: x.dtype,
      }));
    },
    lower: ({ inputs: { x }, attrs, outputs }, to) => {
      const [sizes, logicalAxis] = [splitSizes(x.shape, attrs), nonNegative(attrs.axis, x.shape.length)];
      const inBlocks = logicalAxis === 3 && to.has(x, 'blocked') && sizes.every((size) => size % to.block === 0);
      const layout = inBlocks ? 'blocked' : joinLayout([x], to);
      const axis = physicalAxis(logicalAxis, layout);
      const parts = split(to.get(x, layout), sizes, axis, to);
      outputs.forEach((output, i) => to.set(output, parts[i], layout));
    },
  } satisfies Kernel<{ axis: number; numOrSizeSplits: number | number[] }>,
  Pack: {
    infer: (inputs, { axis }) => {
      const parts = Object.values(inputs);
      const { shape, dtype } = parts[0];
      for (const part of parts) {
        if (part.dtype !== dtype || !util.arraysEqual([...part.shape], [...shape])) {
          throw new Error(
            `stack: all tensors must have the shape and type of the first, [${shape}] ${dtype}, but one is [${part.shape}] ${part.dtype}`,
          );
        }
      }
      const at = axis < 0 ? axis + shape.length + 1 : axis;
      return [{ shape: [...shape.slice(0, at), parts.length, ...shape.slice(at)], dtype }];
    },
    lower: ({ inputs, attrs, outputs: [y] }, to) => {
      const axis = nonNegative(attrs.axis, y.shape.length);
      const single = to.onnx.ints(y.shape.map((size, i) => (i === axis ? 1 : size)));
      const parts = Object.values(inputs).map((part) => to.onnx.op('Reshape', [to.get(part), single]));
      to.set(y, to.onnx.op('Concat', parts, { axis }));
    },
  } satisfies Kernel<{ axis: number }>,
  Unpack: {
    infer: ({ value }, attrs) => {
      const axis = nonNegative(attrs.axis, value.shape.length);
      const shape = value.shape.filter((_, i) => i !== axis);
      return range(value.shape[axis]).map(() => ({ shape, dtype: value.dtype }));
    },
    lower: ({ inputs: { value }, attrs, outputs }, to) => {
      const axis = nonNegative(attrs.axis, value.shape.length);
      const parts = split(
        to.get(value),
        outputs.map(() => 1),
        axis,
        to,
      );
      outputs.forEach((output, i) => to.set(output, to.onnx.op('Reshape', [parts[i], to.onnx.ints(output.shape)])));
    },
  } satisfies Kernel<{ axis: number }>,
  PadV2: {
    infer: ({ x }, attrs) => [{ shape: paddedShape(x, attrs), dtype: x.dtype }],
    lower: ({ inputs: { x }, attrs, outputs: [y] }, to) => {
      const layout = joinLayout([x], to);
      const paddings = x.shape.length === 4 ? permute(attrs.paddings, layout) : attrs.paddings;
      const amounts = to.onnx.ints([...paddings.map(([before]) => before), ...paddings.map(([, after]) => after)]);
      const fill = to.onnx.constant(
        x.dtype === 'int32' ? Int32Array.of(attrs.constantValue ?? 0) : Float32Array.of(attrs.constantValue ?? 0),
        [],
        x.dtype,
      );
      to.set(y, to.onnx.op('Pad', [to.get(x, layout), amounts, fill]), layout);
    },
  } satisfies Kernel<PadAttrs>,
  MirrorPad: {
    infer: ({ x }, attrs) => [{ shape: paddedShape(x, attrs), dtype: x.dtype }],
    lower: ({ inputs: { x }, attrs, outputs: [y] }, to) => {
      if (attrs.mode === 'reflect' && padsInBlocks(x, attrs, to)) {
        const reflected = { paddings: attrs.paddings, mode: attrs.mode };
        return to.set(y, padBlocked(to.get(x, 'blocked'), x.shape, reflected, to), 'blocked');
      }
      const layout = joinLayout([x], to);
      if (attrs.mode === 'reflect') {
        const paddings = x.shape.length === 4 ? permute(attrs.paddings, layout) : attrs.paddings;
        const amounts = to.onnx.ints([...paddings.map(([before]) => before), ...paddings.map(([, after]) => after)]);
        return to.set(y, to.onnx.op('Pad', [to.get(x, layout), amounts], { mode: 'reflect' }), layout);
      }
      const mirrored = range(x.shape.length).reduce(
        (name, axis) => {
          const [before, after] = attrs.paddings[axis];
          if (before + after === 0) return name;
          const indices = to.onnx.ints(mirrorIndices(x.shape[axis], [before, after], 'symmetric'));
          return to.onnx.op('Gather', [name, indices], { axis: physicalAxis(axis, layout) });
        },
        to.get(x, layout),
      );
      to.set(y, mirrored, layout);
    },
  } satisfies Kernel<PadAttrs>,
  /**
   * What TensorFlow has and TensorFlow.js lacks: the gradient of {@link shapeKernels.MirrorPad}.
   */
  MirrorPadGrad: {
    infer: ({ dy }, { paddings }) => [
      { shape: dy.shape.map((size, i) => size - paddings[i][0] - paddings[i][1]), dtype: dy.dtype },
    ],
    lower: ({ inputs: { dy }, attrs, outputs: [dx] }, to) => lowerMirrorPadGrad(dy, dx, attrs, to),
  } satisfies Kernel<PadAttrs>,
  Tile: {
    infer: ({ x }, { reps }) => [{ shape: x.shape.map((size, i) => size * reps[i]), dtype: x.dtype }],
    lower: ({ inputs: { x }, attrs, outputs: [y] }, to) => {
      const layout = joinLayout([x], to);
      const reps = x.shape.length === 4 ? permute(attrs.reps, layout) : attrs.reps;
      const shape = x.shape.length === 4 ? permute(x.shape, layout) : [...x.shape];
      const spreads = reps.every((rep, i) => rep === 1 || shape[i] === 1);
      const name = to.get(x, layout);
      to.set(
        y,
        spreads
          ? to.onnx.op('Expand', [name, to.onnx.ints(shape.map((size, i) => size * reps[i]))])
          : to.onnx.op('Tile', [name, to.onnx.ints(reps)]),
        layout,
      );
    },
  } satisfies Kernel<{ reps: number[] }>,
  Reverse: {
    infer: ({ x }, { dims }) => {
      util.parseAxisParam(dims, [...x.shape]);
      return [x];
    },
    lower: ({ inputs: { x }, attrs, outputs: [y] }, to) => {
      const layout = joinLayout([x], to);
      const axes = util.parseAxisParam(attrs.dims, [...x.shape]).map((axis) => physicalAxis(axis, layout));
      const all = (value: number) => axes.map(() => value);
      to.set(
        y,
        axes.length === 0 ? to.get(x, layout) : slice(to.get(x, layout), all(-1), all(-(2 ** 31)), axes, to, all(-1)),
        layout,
      );
    },
  } satisfies Kernel<{ dims: number | number[] }>,
  ZerosLike: filled(0),
  OnesLike: filled(1),
  Fill: {
    infer: (_inputs, { shape, dtype, value }) => [{ shape, dtype: dtype ?? util.inferDtype(value) }],
    lower: ({ attrs, outputs: [y] }, to) => to.set(y, fill(y, attrs.value, to)),
  } satisfies Kernel<{ shape: number[]; value: number; dtype?: DataType }>,
};

/** @throws if the parts do not add up to the axis */
const splitSizes = (
  shape: readonly number[],
  { axis, numOrSizeSplits }: { axis: number; numOrSizeSplits: number | number[] },
): number[] =>
  backend_util.prepareSplitSize(
    { shape: [...shape] } as Tensor,
    // It fills a part of size -1 in where it stands.
    typeof numOrSizeSplits === 'number' ? numOrSizeSplits : [...numOrSizeSplits],
    nonNegative(axis, shape.length),
  );

function fill(y: Value, value: number, to: Lowering): string {
  const data =
    y.dtype === 'float32' ? Float32Array.of(value) : y.dtype === 'int32' ? Int32Array.of(value) : Uint8Array.of(value);
  return to.onnx.op('Expand', [to.onnx.constant(data, [], y.dtype), to.onnx.ints(y.shape)]);
}

function filled(value: number): Kernel {
  return {
    infer: ({ x }) => [x],
    lower: ({ inputs: { x }, outputs: [y] }: KernelCall<never>, to: Lowering) => {
      const layout = x.shape.length === 4 ? orderedLayout([x], to) : 'logical';
      to.set(
        y,
        fill({ ...y, shape: layout === 'logical' ? y.shape : LAYOUTS[layout].map((axis) => y.shape[axis]) }, value, to),
        layout,
      );
    },
  };
}
