import type { Attributes, GraphDefBuilder } from './graph-def-builder.ts';

/** Which inputs of an operation carry numbers, rather than shapes. */
const OPERANDS: Readonly<Record<string, readonly number[]>> = {
  Conv2D: [0, 1],
  Conv2DBackpropInput: [1, 2],
  Conv2DBackpropFilter: [0, 2],
  MatMul: [0, 1],
  BatchMatMulV2: [0, 1],
};

const isDilatedGradient = (op: string, { dilations }: Attributes) =>
  op.startsWith('Conv2DBackprop') && Array.isArray(dilations) && dilations.some((dilation) => dilation > 1);

const isFloat32 = ({ T }: Attributes) => typeof T === 'object' && 'type' in T && T.type === 'float32';

/**
 * Numbers of 16 bits: `bfloat16` has the range of float32 and 3 digits, `float16` 4 digits from
 * 6e-8 to 65504.
 */
export type HalfPrecision = 'bfloat16' | 'float16';

/**
 * Makes a builder that lets convolutions and matrix products compute with 16 bits, gradients
 * included; what goes in and comes out of them, and everything else, stays float32. A tensor that
 * several of them read is converted once.
 *
 * @param dilatedGradients whether the processor has gradients of dilated convolutions in this type;
 *   without them these stay float32
 */
export const inHalfPrecision =
  ({ type, dilatedGradients }: { type: HalfPrecision; dilatedGradients: boolean }) =>
  (tf: GraphDefBuilder): GraphDefBuilder => {
    const converted = new Map<string, string>();
    const narrow = (name: string): string => {
      const known = converted.get(name);
      if (known !== undefined) return known;
      const made = tf.op('Cast', [name], { SrcT: { type: 'float32' }, DstT: { type } });
      converted.set(name, made);
      return made;
    };
    return {
      ...tf,
      node(op, inputs, attributes, outputCount) {
        const operands = OPERANDS[op];
        const stays = !operands || !isFloat32(attributes) || (!dilatedGradients && isDilatedGradient(op, attributes));
        if (stays) return tf.node(op, inputs, attributes, outputCount);
        const narrowed = inputs.map((name, i) => (operands.includes(i) ? narrow(name) : name));
        const [result] = tf.node(op, narrowed, { ...attributes, T: { type } });
        return tf.node('Cast', [result], { SrcT: { type }, DstT: { type: 'float32' } });
      },
    };
  };
