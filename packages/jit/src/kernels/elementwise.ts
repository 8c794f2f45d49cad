import { backend_util } from '@tensorflow/tfjs-core';
import type { DataType } from '@tensorflow/tfjs-core';
import type { Lowering } from '../onnx/lowering.ts';
import { addBlocked, multiplyBlocked, reluBlocked, subtractBlocked } from '../onnx/blocked-arithmetic.ts';
import { elementwiseLayout } from '../onnx/lowering.ts';
import { easyBroadcast } from '../onnx/easy-broadcast.ts';
import type { Layout } from '../onnx/layouts.ts';
import { permute } from '../onnx/layouts.ts';
import type { Value } from '../graph.ts';
import type { Kernel, KernelCall, TensorSpec } from './kernel.ts';

type Emit<Attrs> = (operands: string[], to: Lowering, attrs: Attrs, dtype: DataType) => string;

/** So many numbers are in no cache. */
const LARGE = 2 ** 22;

const sizeOf = ({ shape }: Value) => shape.reduce((a, b) => a * b, 1);

/** The shape in which `layout` stores a tensor that is broadcast against others of `rank`. */
const physicalShape = (shape: readonly number[], rank: number, layout: Layout) =>
  permute([...new Array<number>(rank - shape.length).fill(1), ...shape], layout);

function lowerElementwise<Attrs>(
  { inputs, attrs, outputs: [output] }: KernelCall<Attrs>,
  to: Lowering,
  emit: Emit<Attrs>,
) {
  const values = Object.values(inputs);
  // An image that meets a tensor of five axes is no longer an image.
  const layout = output.shape.length === 4 ? elementwiseLayout(values, to) : 'logical';
  const operands = values.map((value) => to.operand(value, output.shape.length, layout));
  const result = (names: string[]) => emit(names, to, attrs, values[0].dtype);
  const shape = physicalShape(output.shape, output.shape.length, layout);
  const compact =
    layout !== 'blocked' && !to.portable && values.some((value) => sizeOf(value) < sizeOf(output))
      ? easyBroadcast(
          operands,
          values.map((value) => physicalShape(value.shape, output.shape.length, layout)),
          to.onnx,
        )
      : undefined;
  to.set(output, compact ? to.onnx.op('Reshape', [result(compact), to.onnx.ints(shape)]) : result(operands), layout);
}

function broadcastShape(inputs: Readonly<Record<string, TensorSpec>>): number[] {
  return Object.values(inputs)
    .map(({ shape }) => [...shape])
    .reduce((a, b) => backend_util.assertAndGetBroadcastShape(a, b));
}

/**
 * A kernel that works element by element, with broadcasting. `dtype` is the result's type when it
 * is not the first input's.
 */
function elementwise<Attrs = never>(emit: Emit<Attrs>, dtype?: DataType): Kernel<Attrs> {
  return {
    infer: (inputs) => [{ shape: broadcastShape(inputs), dtype: dtype ?? Object.values(inputs)[0].dtype }],
    lower: (call, to) => lowerElementwise(call, to, emit),
  };
}

/** A kernel that is tried in blocks first. */
const blockedOr = (blocked: (call: KernelCall<never>, to: Lowering) => boolean, { infer, lower }: Kernel): Kernel => ({
  infer,
  lower: (call, to) => {
    if (!blocked(call, to)) lower(call, to);
  },
});

const direct = (opType: string, dtype?: DataType) =>
  elementwise(([...operands], to) => to.onnx.op(opType, operands), dtype);

/**
 * 1 where x > 0, else 0, as one pass: a comparison followed by a cast takes several times as long.
 */
const positive = (x: string, to: Lowering) =>
  to.onnx.op('HardSigmoid', [x], { alpha: { float: 1e30 }, beta: { float: 0 } });

const CAST: Partial<Record<DataType, number>> = { float32: 1, int32: 6, bool: 9 };

const cast = (x: string, dtype: DataType, to: Lowering) => to.onnx.op('Cast', [x], { to: CAST[dtype]! });

const floorDivide = ([a, b]: string[], to: Lowering) => to.onnx.op('Floor', [to.onnx.op('Div', [a, b])]);

/**
 * For operators that ONNX Runtime has for float32 alone. Results of int32 are cut off towards zero,
 * as TensorFlow.js stores them.
 */
const viaFloats =
  <Attrs>(emit: Emit<Attrs>): Emit<Attrs> =>
  (operands, to, attrs, dtype) => {
    if (dtype === 'float32') return emit(operands, to, attrs, dtype);
    const floats = operands.map((x) => cast(x, 'float32', to));
    return cast(emit(floats, to, attrs, 'float32'), dtype, to);
  };

/** The same for kernels whose results are float32 whatever their operands are. */
const toFloats = <Attrs>(emit: Emit<Attrs>): Kernel<Attrs> =>
  elementwise<Attrs>((operands, to, attrs, dtype) => {
    const floats = dtype === 'float32' ? operands : operands.map((x) => cast(x, 'float32', to));
    return emit(floats, to, attrs, 'float32');
  }, 'float32');

const directViaFloats = (opType: string) => elementwise(viaFloats(([...operands], to) => to.onnx.op(opType, operands)));

/** An integer operation with the divisor 0, of which processors make an error, replaced by 1. */
function guardedDivision([a, b]: string[], to: Lowering, divide: (a: string, b: string) => string): string {
  const { onnx } = to;
  const none = onnx.op('Equal', [b, onnx.scalar(0, 'int32')]);
  const result = divide(a, onnx.op('Where', [none, onnx.scalar(1, 'int32'), b]));
  return onnx.op('Where', [none, onnx.scalar(0, 'int32'), result]);
}

const directElu = direct('Elu');
const eluInPasses = elementwise(([x], to) => {
  const power = to.onnx.op('Exp', [to.onnx.op('Clip', [x, '', to.onnx.scalar(0)])]);
  return to.onnx.op('Max', [x, to.onnx.op('Sub', [power, to.onnx.scalar(1)])]);
});

const addN = elementwise(([first, ...others], to, _attrs, dtype) =>
  dtype === 'float32' && !to.onCard
    ? to.onnx.op('Sum', [first, ...others])
    : others.reduce((sum, x) => to.onnx.op('Add', [sum, x]), first),
);

/** Such as the gradients' parts in their norm. */
const isManyNumbers = (inputs: Readonly<Record<string, Value>>) =>
  Object.values(inputs).length > 3 && Object.values(inputs).every(({ shape }) => shape.length === 0);

/** The sum of a vector of them. */
function addNumbers({ inputs, outputs: [y] }: KernelCall<never>, { onnx, ...to }: Lowering): void {
  const numbers = Object.values(inputs).map((value) => onnx.op('Reshape', [to.get(value), onnx.ints([1])]));
  to.set(y, onnx.op('ReduceSum', [onnx.op('Concat', numbers, { axis: 0 }), onnx.ints([0])], { keepdims: 0 }));
}

/** Element by element: unary and binary arithmetic, comparisons, activations. */
export const elementwiseKernels = {
  Abs: direct('Abs'),
  Acos: direct('Acos'),
  Acosh: direct('Acosh'),
  Add: blockedOr(({ inputs: { a, b }, outputs: [y] }, to) => addBlocked(a, b, y, to), direct('Add')),
  AddN: {
    infer: addN.infer,
    lower: (call, to) => (to.onCard && isManyNumbers(call.inputs) ? addNumbers : addN.lower)(call, to),
  } satisfies Kernel,
  Asin: direct('Asin'),
  Asinh: direct('Asinh'),
  Atan: direct('Atan'),
  Atanh: direct('Atanh'),
  Atan2: elementwise(([y, x], to) => {
    // atan(y / x), turned by pi on the left half-plane, towards y's side; on the axis x = 0 the
    // quotient is infinite, which atan understands.
    const { onnx } = to;
    const left = onnx.op('Cast', [onnx.op('Less', [x, onnx.scalar(0)])], { to: 1 });
    const side = onnx.op('Where', [onnx.op('Less', [y, onnx.scalar(0)]), onnx.scalar(-Math.PI), onnx.scalar(Math.PI)]);
    return onnx.op('Add', [onnx.op('Atan', [onnx.op('Div', [y, x])]), onnx.op('Mul', [left, side])]);
  }),
  BitwiseAnd: direct('BitwiseAnd'),
  Ceil: directViaFloats('Ceil'),
  ClipByValue: elementwise<{ clipValueMin: number; clipValueMax: number }>(([x], to, attrs, dtype) => {
    const type = dtype === 'int32' ? 'int32' : 'float32';
    return to.onnx.op('Clip', [x, to.onnx.scalar(attrs.clipValueMin, type), to.onnx.scalar(attrs.clipValueMax, type)]);
  }),
  Cos: direct('Cos'),
  Cosh: direct('Cosh'),
  /**
   * max(x, exp(min(x, 0)) − 1): ONNX Runtime's own Elu takes half as long again as these passes,
   * except where images are so large that memory is what takes time.
   */
  Elu: {
    infer: directElu.infer,
    lower: (call, to) => (sizeOf(call.outputs[0]) >= LARGE ? directElu : eluInPasses).lower(call, to),
  } satisfies Kernel,
  /** dy · 1 where y >= 0, dy · (y + 1) elsewhere. */
  EluGrad: elementwise(([dy, y], to) => {
    const slope = to.onnx.op('Add', [to.onnx.op('Clip', [y, '', to.onnx.scalar(0)]), to.onnx.scalar(1)]);
    return to.onnx.op('Mul', [dy, slope]);
  }),
  Equal: direct('Equal', 'bool'),
  Erf: direct('Erf'),
  Exp: toFloats(([x], to) => to.onnx.op('Exp', [x])),
  Expm1: elementwise(([x], to) => to.onnx.op('Sub', [to.onnx.op('Exp', [x]), to.onnx.scalar(1)])),
  Floor: directViaFloats('Floor'),
  /** Always whole numbers, as in TensorFlow.js. */
  FloorDiv: elementwise((operands, to, _attrs, dtype) => {
    if (dtype === 'float32') return cast(floorDivide(operands, to), 'int32', to);
    return guardedDivision(operands, to, (a, b) =>
      to.onnx.op('Div', [to.onnx.op('Sub', [a, to.onnx.op('Mod', [a, b])]), b]),
    );
  }, 'int32'),
  Greater: direct('Greater', 'bool'),
  GreaterEqual: direct('GreaterOrEqual', 'bool'),
  IsFinite: elementwise(([x], to, _attrs, dtype) => {
    const { onnx } = to;
    const value = dtype === 'float32' ? x : cast(x, 'float32', to);
    return onnx.op('Not', [onnx.op('Or', [onnx.op('IsNaN', [value]), onnx.op('IsInf', [value])])]);
  }, 'bool'),
  IsInf: elementwise(
    ([x], to, _attrs, dtype) => to.onnx.op('IsInf', [dtype === 'float32' ? x : cast(x, 'float32', to)]),
    'bool',
  ),
  IsNan: elementwise(
    ([x], to, _attrs, dtype) => to.onnx.op('IsNaN', [dtype === 'float32' ? x : cast(x, 'float32', to)]),
    'bool',
  ),
  LeakyRelu: toFloats<{ alpha: number }>(([x], to, { alpha }) =>
    to.onnx.op('LeakyRelu', [x], { alpha: { float: alpha } }),
  ),
  Less: direct('Less', 'bool'),
  LessEqual: direct('LessOrEqual', 'bool'),
  Log: direct('Log'),
  Log1p: elementwise(([x], to) => to.onnx.op('Log', [to.onnx.op('Add', [x, to.onnx.scalar(1)])])),
  LogicalAnd: direct('And', 'bool'),
  LogicalNot: direct('Not', 'bool'),
  LogicalOr: direct('Or', 'bool'),
  Maximum: direct('Max'),
  Minimum: direct('Min'),
  Mod: elementwise(([a, b], to, _attrs, dtype) =>
    dtype === 'int32'
      ? guardedDivision([a, b], to, (x, y) => to.onnx.op('Mod', [x, y]))
      : to.onnx.op('Sub', [a, to.onnx.op('Mul', [floorDivide([a, b], to), b])]),
  ),
  Multiply: blockedOr(({ inputs: { a, b }, outputs: [y] }, to) => multiplyBlocked(a, b, y, to), direct('Mul')),
  Neg: direct('Neg'),
  NotEqual: elementwise((operands, to) => to.onnx.op('Not', [to.onnx.op('Equal', operands)]), 'bool'),
  Pow: direct('Pow'),
  Prelu: toFloats(([x, alpha], to) => to.onnx.op('PRelu', [x, alpha])),
  RealDiv: direct('Div'),
  Reciprocal: direct('Reciprocal'),
  Relu: blockedOr(({ inputs: { x }, outputs: [y] }, to) => reluBlocked(x, y, to), direct('Relu')),
  Relu6: elementwise(viaFloats(([x], to) => to.onnx.op('Clip', [x, to.onnx.scalar(0), to.onnx.scalar(6)]))),
  Round: directViaFloats('Round'),
  Rsqrt: elementwise(([x], to) => to.onnx.op('Reciprocal', [to.onnx.op('Sqrt', [x])])),
  Selu: direct('Selu'),
  Sigmoid: direct('Sigmoid'),
  /** 0 for NaN, as in TensorFlow.js. */
  Sign: elementwise(
    viaFloats(([x], to) => {
      const above = to.onnx.op('Cast', [to.onnx.op('Greater', [x, to.onnx.scalar(0)])], { to: 1 });
      const below = to.onnx.op('Cast', [to.onnx.op('Less', [x, to.onnx.scalar(0)])], { to: 1 });
      return to.onnx.op('Sub', [above, below]);
    }),
  ),
  Sin: direct('Sin'),
  Sinh: direct('Sinh'),
  Softplus: direct('Softplus'),
  Sqrt: direct('Sqrt'),
  Square: blockedOr(
    ({ inputs: { x }, outputs: [y] }, to) => multiplyBlocked(x, x, y, to),
    elementwise(([x], to) => to.onnx.op('Mul', [x, x])),
  ),
  SquaredDifference: elementwise(([a, b], to) => {
    const difference = to.onnx.op('Sub', [a, b]);
    return to.onnx.op('Mul', [difference, difference]);
  }),
  /** 1 where x > 0, else alpha. */
  Step: elementwise<{ alpha?: number }>(
    viaFloats(([x], to, attrs) => {
      const alpha = attrs?.alpha ?? 0;
      if (alpha === 0) return positive(x, to);
      const scaled = to.onnx.op('Mul', [positive(x, to), to.onnx.scalar(1 - alpha)]);
      return to.onnx.op('Add', [scaled, to.onnx.scalar(alpha)]);
    }),
  ),
  Sub: blockedOr(({ inputs: { a, b }, outputs: [y] }, to) => subtractBlocked(a, b, y, to), direct('Sub')),
  Tan: direct('Tan'),
  Tanh: direct('Tanh'),

  Cast: {
    infer: ({ x }, { dtype }: { dtype: DataType }) => [{ shape: x.shape, dtype }],
    lower: ({ inputs: { x }, outputs: [y] }: KernelCall<{ dtype: DataType }>, to: Lowering) => {
      const layout = elementwiseLayout([x], to);
      const name = to.get(x, layout);
      to.set(y, x.dtype === y.dtype ? name : cast(name, y.dtype, to), layout);
    },
  } satisfies Kernel<{ dtype: DataType }>,
  Identity: {
    infer: ({ x }) => [x],
    lower: ({ inputs: { x }, outputs: [y] }, to) => {
      const layout = to.layoutOf(x);
      to.set(y, to.get(x, layout), layout);
    },
  } satisfies Kernel,
  Select: {
    infer: ({ t }) => [{ shape: t.shape, dtype: t.dtype }],
    lower: ({ inputs: { condition, t, e }, outputs: [y] }, to) => {
      const layout = elementwiseLayout([t, e, condition], to);
      to.set(
        y,
        to.onnx.op(
          'Where',
          [condition, t, e].map((value) => to.operand(value, y.shape.length, layout)),
        ),
        layout,
      );
    },
  } satisfies Kernel,
};
