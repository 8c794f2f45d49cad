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

const constantLike = (value: Value, number: number, tf: GraphDefBuilder) =>
  tf.scalar(number, value.dtype === 'int32' ? 'int32' : 'float32');

/** `value` with axes of size 1 behind its own, so that it meets the first axes of a tensor of `rank`. */
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
  Exp: direct('Exp'),
  Expm1: direct('Expm1'),
  Floor: direct('Floor'),
  /** Always whole numbers, as in TensorFlow.js. Whole operands go through float64, which holds them all and knows division by zero. */
  FloorDiv: ({ a, b }, { inputs }, tf) => {
    const type = inputs.a.dtype === 'float32' ? 'float32' : 'float64';
    const operands = [cast(a, inputs.a.dtype, type, tf), cast(b, inputs.b.dtype, type, tf)];
    const quotient = tf.op('RealDiv', operands, { T: { type } });
    return cast(tf.op('Floor', [quotient], { T: { type } }), type, 'int32', tf);
  },
  Greater: direct('Greater'),
  GreaterEqual: direct('GreaterEqual'),
  IsNan: direct('IsNan'),
  LeakyRelu: (({ x: name }, { inputs: { x }, attrs }, tf) =>
    tf.op('LeakyRelu', [name], { ...T(x), alpha: { float: attrs.alpha } })) satisfies TensorflowKernel<{
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
  Prelu: ({ x, alpha }, { inputs }, tf) => {
    const negative = tf.op('Less', [x, tf.scalar(0)], T(inputs.x));
    return tf.op('SelectV2', [negative, tf.op('Mul', [alpha, x], T(inputs.x)), x], T(inputs.x));
  },
  RealDiv: direct('RealDiv'),
  Reciprocal: direct('Reciprocal'),
  Relu: direct('Relu'),
  Relu6: direct('Relu6'),
  Round: direct('Round'),
  Rsqrt: direct('Rsqrt'),
  Selu: direct('Selu'),
  Sigmoid: direct('Sigmoid'),
  Sign: direct('Sign'),
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
    if (alpha === 0) return cast(above, 'bool', x.dtype, tf);
    return tf.op('SelectV2', [above, constantLike(x, 1, tf), constantLike(x, alpha, tf)], T(x));
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
