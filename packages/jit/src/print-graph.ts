import type { Graph, Value } from './graph.ts';

const typed = ({ dtype, shape }: Value) => `${dtype}[${shape.join(', ')}]`;

/** Attributes in one line: what is undefined says nothing, long lists are cut. */
function short(attrs: unknown): string {
  const text = (value: unknown): string => {
    if (Array.isArray(value))
      return `[${value.slice(0, 8).map(text).join(', ')}${value.length > 8 ? `, … ${value.length}` : ''}]`;
    return value !== null && typeof value === 'object' ? short(value) : String(value);
  };
  const parts = Object.entries(attrs ?? {}).flatMap(([name, value]) =>
    value === undefined || value === null ? [] : [`${name}: ${text(value)}`],
  );
  return parts.length > 0 ? `{ ${parts.join(', ')} }` : '';
}

/**
 * A graph as text to read, one line for each value:
 *
 * %0 float32[2, 3] = input 0 %1 float32[3, 1] = variable dense_Dense1/kernel %2 float32[2, 1] =
 * BatchMatMul(a: %0 [2, 3], b: %1 [3, 1]) { transposeA: false, transposeB: false } result 0 = %2
 */
export function printGraph({ inputs, constants, states, nodes, outputs }: Graph): string {
  const operand = (name: string, value: Value) => `${name}: %${value.id} [${value.shape.join(', ')}]`;
  const line = (value: Value, what: string) => `%${value.id} ${typed(value)} = ${what}`;
  const data = (values: ArrayLike<number>) =>
    Array.from({ length: Math.min(values.length, 4) }, (_, i) => Number(values[i].toPrecision(6))).join(', ') +
    (values.length > 4 ? ', …' : '');
  return [
    ...inputs.map((value, i) => line(value, `input ${i}`)),
    ...states.map(({ value, variable }) => line(value, `variable ${variable.name}`)),
    ...constants.map((constant) => line(constant.value, `constant ${data(constant.data)}`)),
    ...nodes.map(({ kernel, inputs: operands, attrs, outputs: results }) => {
      const call = `${kernel}(${Object.entries(operands)
        .map(([name, value]) => operand(name, value))
        .join(', ')}) ${short(attrs)}`;
      return `${results.map((value) => `%${value.id} ${typed(value)}`).join(', ')} = ${call.trimEnd()}`;
    }),
    ...states.flatMap(({ variable, next }) => (next ? [`variable ${variable.name} := %${next.id}`] : [])),
    ...outputs.map((value, i) => `result ${i} = %${value.id}`),
  ].join('\n');
}
