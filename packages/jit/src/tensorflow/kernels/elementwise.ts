import type { DataType } from '@tensorflow/tfjs-core';
import type { Value } from '../../graph.ts';
import type { GraphDefBuilder } from '../graph-def-builder.ts';
import type { TensorflowKernel, TensorflowKernelTable } from './tensorflow-kernel.ts';

const T = (value: Value) => ({ T: { type: value.dtype } });

const first = (inputs: Readonly<Record<string, Value>>) => Object.values(inputs)[0];

/** The operation `op` on all inputs in their order. */
const direct =
  (op: string): TensorflowKernel =>
  (names, { inputs }, tf) =>
    tf.op(op, Object.values(names), T(first(inputs)));

const logical =
  (op: string): TensorflowKernel =>
  (names, _call, tf) =>
    tf.op(op, Object.values(names));

export const cast = (name: string, from: DataType | 'float64', to: DataType | 'float64', tf: GraphDefBuilder) =>
  from === to ? name : tf.op('Cast', [name], { SrcT: { type: from }, DstT: { type: to } });

/** The operation `op`, which TensorFlow has for float32 alone. */
const ofFloats =
  (op: string): TensorflowKernel =>
  ({ x: name }, { inputs: { x } }, tf) =>
    tf.op(op, [cast(name, x.dtype, 'float32', tf)], { T: { type: 'float32' } });

const constantLike = (value: Value, number: number, tf: GraphDefBuilder) =>
  tf.scalar(number, value.dtype === 'int32' ? 'int32' : 'float32');

/**
 * `value` with axes of size 1 behind its own, so that it meets the first axes of a tensor of
 * `rank`.
 */
const spreadOverFirstAxis = (name: string, value: Value, rank: number, tf: GraphDefBuilder) =>
  tf.op('Reshape', [name, tf.ints([...value.shape, ...new Array<number>(rank - 1).fill(1)])], T(value));

/** Element by element: unary and binary arithmetic, comparisons, activations. */
export const elementwiseKernels = {
  Abs: direct('Abs'),
  Acos: direct('Acos'),
  Acosh: direct('Acosh'),
  Add: direct('AddV2'),
  AddN: (names, { inputs }, tf) =>
    tf.op('AddN', Object.values(names), { N: Object.keys(names).length, ...T(first(inputs)) }),
  Asin: direct('Asin'),
  Asinh: direct('Asinh'),
  Atan: direct('Atan'),
  Atan2: direct('Atan2'),
  Atanh: direct('Atanh'),
  BitwiseAnd: direct('BitwiseAnd'),
  Ceil: direct('Ceil'),
  ClipByValue: (({ x: name }, { inputs: { x }, attrs }, tf) => {
    const limits = [attrs.clipValueMin, attrs.clipValueMax].map((limit) => constantLike(x, limit, tf));
    return tf.op('ClipByValue', [name, ...limits], T(x));
  }) satisfies TensorflowKernel<{ clipValueMin: number; clipValueMax: number }>,
  Cos: direct('Cos'),
  Cosh: direct('Cosh'),
  Elu: direct('Elu'),
  EluGrad: direct('EluGrad'),
  Equal: direct('Equal'),
  Erf: direct('Erf'),
  Exp: ({ x: name }, { inputs: { x }, outputs: [y] }, tf) => tf.op('Exp', [cast(name, x.dtype, 'float32', tf)], T(y)),
  Expm1: direct('Expm1'),
  Floor: direct('Floor'),
  /**
   * Always whole numbers, as in TensorFlow.js. Whole operands go through float64, which holds them
   * all and knows division by zero.
   */
  FloorDiv: ({ a, b }, { inputs }, tf) => {
    const type = inputs.a.dtype === 'float32' ? 'float32' : 'float64';
    const operands = [cast(a, inputs.a.dtype, type, tf), cast(b, inputs.b.dtype, type, tf)];
    const quotient = tf.op('RealDiv', operands, { T: { type } });
    return cast(tf.op('Floor', [quotient], { T: { type } }), type, 'int32', tf);
  },
  Greater: direct('Greater'),
  GreaterEqual: direct('GreaterEqual'),
  IsFinite: ofFloats('IsFinite'),
  IsInf: ofFloats('IsInf'),
  IsNan: ofFloats('IsNan'),
  LeakyRelu: (({ x: name }, { inputs: { x }, attrs }, tf) =>
    tf.op('LeakyRelu', [cast(name, x.dtype, 'float32', tf)], {
      T: { type: 'float32' },
      alpha: { float: attrs.alpha },
    })) satisfies TensorflowKernel<{
    alpha: number;
  }>,
  Less: direct('Less'),
  LessEqual: direct('LessEqual'),
  Log: direct('Log'),
  Log1p: direct('Log1p'),
  LogicalAnd: logical('LogicalAnd'),
  LogicalNot: logical('LogicalNot'),
  LogicalOr: logical('LogicalOr'),
  Maximum: direct('Maximum'),
  Minimum: direct('Minimum'),
  Mod: direct('FloorMod'),
  Multiply: direct('Mul'),
  Neg: direct('Neg'),
  NotEqual: direct('NotEqual'),
  Pow: direct('Pow'),
  Prelu: (names, { inputs, outputs: [y] }, tf) => {
    const [x, alpha] = [
      cast(names.x, inputs.x.dtype, 'float32', tf),
      cast(names.alpha, inputs.alpha.dtype, 'float32', tf),
    ];
    const negative = tf.op('Less', [x, tf.scalar(0)], T(y));
    return tf.op('SelectV2', [negative, tf.op('Mul', [alpha, x], T(y)), x], T(y));
  },
  RealDiv: direct('RealDiv'),
  Reciprocal: direct('Reciprocal'),
  Relu: direct('Relu'),
  Relu6: direct('Relu6'),
  /** Made by `withReluGradients`. */
  ReluGrad: direct('ReluGrad'),
  /** TensorFlow's own takes whole numbers for floats' bits. */
  Round: (names, call, tf) => (call.inputs.x.dtype === 'int32' ? names.x : direct('Round')(names, call, tf)),
  Rsqrt: direct('Rsqrt'),
  Selu: direct('Selu'),
  Sigmoid: direct('Sigmoid'),
  /** 0 for NaN, as in TensorFlow.js. */
  Sign: (names, call, tf) => {
    const { x } = call.inputs;
    const sign = direct('Sign')(names, call, tf) as string;
    return x.dtype === 'float32'
      ? tf.op('SelectV2', [tf.op('IsNan', [names.x], T(x)), tf.scalar(0), sign], T(x))
      : sign;
  },
  Sin: direct('Sin'),
  Sinh: direct('Sinh'),
  Softplus: direct('Softplus'),
  Sqrt: direct('Sqrt'),
  Square: direct('Square'),
  SquaredDifference: direct('SquaredDifference'),
  /** 1 where x > 0, else alpha. */
  Step: (({ x: name }, { inputs: { x }, attrs }, tf) => {
    const alpha = attrs?.alpha ?? 0;
    const above = tf.op('Greater', [name, constantLike(x, 0, tf)], T(x));
    const step =
      alpha === 0
        ? cast(above, 'bool', x.dtype, tf)
        : tf.op('SelectV2', [above, constantLike(x, 1, tf), constantLike(x, alpha, tf)], T(x));
    return x.dtype === 'float32' ? tf.op('SelectV2', [tf.op('IsNan', [name], T(x)), name, step], T(x)) : step;
  }) satisfies TensorflowKernel<{ alpha?: number } | undefined>,
  Sub: direct('Sub'),
  Tan: direct('Tan'),
  Tanh: direct('Tanh'),

  Cast: ({ x: name }, { inputs: { x }, outputs: [y] }, tf) => cast(name, x.dtype, y.dtype, tf),
  Identity: ({ x }) => x,
  Select: ({ condition, t, e }, { inputs }, tf) => {
    const rank = inputs.t.shape.length;
    // A vector chooses whole slices along the first axis.
    const choice =
      inputs.condition.shape.length === 1 && rank > 1
        ? spreadOverFirstAxis(condition, inputs.condition, rank, tf)
        : condition;
    return tf.op('SelectV2', [choice, t, e], T(inputs.t));
  },
} satisfies TensorflowKernelTable;
