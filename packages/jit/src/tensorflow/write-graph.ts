import type { DataType } from '@tensorflow/tfjs-core';
import type { Graph, Value } from '../graph.ts';
import { withEmptyConstants } from '../passes/with-empty-constants.ts';
import { withJoinedVectors } from '../passes/with-joined-vectors.ts';
import type { ElementType } from './element-types.ts';
import type { GraphDefBuilder } from './graph-def-builder.ts';
import { graphDefBuilder } from './graph-def-builder.ts';
import { TENSORFLOW_KERNELS } from './kernels/index.ts';
import { withBatchNorms } from './with-batch-norms.ts';
import { withReluGradients } from './with-relu-gradients.ts';

/**
 * A graph as a TensorFlow model whose session keeps the variables, and under which names its
 * tensors go in and out.
 */
export interface TensorflowProgram {
  /** The bytes of `saved_model.pb`. */
  model: Uint8Array;
  inputs: string[];
  outputs: string[];
  states: {
    /** Feed this one for each state and fetch `set` to give the variables values. */
    placeholder: string;
    /** Fetch this one to get the variable's value. */
    read: string;
  }[];
  /** Fetched when the variables have the values that the placeholders brought. */
  set: string;
  /** Fetched when the variables have the values that the graph assigns. */
  done: string;
}

/**
 * @param onGpu whether it will run on a graphics card
 * @param mixed lets a builder write some operations in another precision
 */
export function writeGraph(
  traced: Graph,
  { onGpu, mixed }: { onGpu: boolean; mixed?: (tf: GraphDefBuilder) => GraphDefBuilder },
): TensorflowProgram {
  const fused = withBatchNorms(withReluGradients(withEmptyConstants(traced)));
  const graph = onGpu ? withJoinedVectors(fused) : fused;
  const tf = mixed ? mixed(graphDefBuilder({ detours: false })) : graphDefBuilder({ detours: !onGpu });
  const names = new Map<number, string>();
  const nameOf = ({ id }: { id: number }): string => {
    const name = names.get(id);
    if (name === undefined) throw new Error(`jit: value ${id} is used before it is made`);
    return name;
  };
  const placeholder = ({ shape }: Value, type: DataType | ElementType) =>
    tf.op('Placeholder', [], { dtype: { type }, shape: { shape } });
  const after = (operations: readonly string[]) =>
    tf.op('Identity', [tf.scalar(0, 'int32'), ...operations.map((name) => `^${name}`)], { T: { type: 'int32' } });

  const inputs = graph.inputs.map((value) => {
    const { dtype, isBytes } = value;
    const name = placeholder(value, isBytes ? 'uint8' : dtype);
    const types = { SrcT: { type: 'uint8' }, DstT: { type: dtype } } as const;
    names.set(value.id, isBytes ? tf.op('Cast', [name], types) : name);
    return name;
  });
  const states = graph.states.map(({ value }, i) => {
    const dtype = { type: value.dtype };
    const attributes = { dtype, shape: { shape: value.shape }, container: '', shared_name: `state_${i}` };
    const handle = tf.op('VarHandleOp', [], attributes);
    const read = tf.op('ReadVariableOp', [handle], { dtype });
    const incoming = placeholder(value, value.dtype);
    names.set(value.id, read);
    return { handle, read, placeholder: incoming, set: tf.op('AssignVariableOp', [handle, incoming], { dtype }) };
  });
  for (const { value, data } of graph.constants) names.set(value.id, tf.constant(data, value.shape, value.dtype));
  const writeNodes = () => {
    for (const node of graph.nodes) {
      const operands = Object.fromEntries(Object.entries(node.inputs).map(([name, value]) => [name, nameOf(value)]));
      const results = [TENSORFLOW_KERNELS[node.kernel](operands, { ...node, attrs: node.attrs as never }, tf)].flat();
      node.outputs.forEach((output, i) => names.set(output.id, results[i]));
    }
  };
  // Left to itself, TensorFlow runs whatever is ready: forward passes that a training step needs
  // one after the other are all begun, and their activations held, before the first of them goes
  // backward. Without training little is held, and what runs side by side is faster.
  if (graph.states.some(({ next }) => next)) tf.inTurn(writeNodes);
  else writeNodes();

  const updates = graph.states.flatMap(({ value, next }, i) => {
    if (!next) return [];
    const { handle, read } = states[i];
    // Whoever uses the variable's old value has it, or shares its buffer, before the new one takes
    // its place.
    return [tf.op('AssignVariableOp', [handle, nameOf(next), `^${read}`], { dtype: { type: value.dtype } })];
  });
  return {
    inputs,
    // A session refuses to give back what it was fed, so an output has a node of its own.
    outputs: graph.outputs.map((value) => tf.op('Identity', [nameOf(value)], { T: { type: value.dtype } })),
    states: states.map(({ placeholder, read }) => ({ placeholder, read })),
    set: after(states.map(({ set }) => set)),
    done: after(updates),
    model: tf.encode(),
  };
}
