import type { DataType, TypedArray } from '@tensorflow/tfjs-core';
import type { ElementType } from './element-types.ts';
import { TF_TYPE, tfType } from './element-types.ts';
import { SAVED_MODEL } from './saved-model-schema.ts';

/** An attribute of a node; a plain number is an integer. */
export type Attribute =
  | number
  | boolean
  | string
  | readonly number[]
  | { float: number }
  | { type: DataType | ElementType }
  | { shape: readonly number[] };

export type Attributes = Readonly<Record<string, Attribute>>;

interface NodeDef {
  name: string;
  op: string;
  input: string[];
  attr: Record<string, unknown>;
}

const shapeProto = (shape: readonly number[]) => ({ dim: shape.map((size) => ({ size })) });

function attrValue(value: Attribute) {
  if (typeof value === 'number') return { i: value };
  if (typeof value === 'boolean') return { b: value };
  if (typeof value === 'string') return { s: new TextEncoder().encode(value) };
  if ('float' in value) return { f: value.float };
  if ('type' in value)
    return { type: value.type in TF_TYPE ? TF_TYPE[value.type as ElementType] : tfType(value.type as DataType) };
  if ('shape' in value) return { shape: shapeProto(value.shape) };
  return { list: { i: [...value] } };
}

const attrValues = (attributes: Attributes) =>
  Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, attrValue(value)]));

/**
 * Nodes that may run in any order before those after the next group. Enough to keep all threads
 * busy where single nodes cannot: with 16, the step of depth takes a tenth longer on 2 cores than
 * without groups, with 128 a hundredth. Few enough to hold no more than one pass of a network: with
 * 1, memory is 3 % less.
 */
const GROUP = 128;

/**
 * Collects the nodes of a TensorFlow graph; methods return the names of the tensors that they made.
 * Equal constants are shared.
 */
export function graphDefBuilder({ detours }: { detours: boolean }) {
  const nodes: NodeDef[] = [];
  const shared = new Map<string, string>();
  /**
   * The nodes of the group that is being written, and the ends of the groups before it, the last
   * one last; while groups take turns.
   */
  let groups: { members: string[]; ends: string[] } | undefined;
  const endGroup = ({ members, ends }: { members: string[]; ends: string[] }) => {
    const name = `End_${nodes.length}`;
    nodes.push({ name, op: 'NoOp', input: [...members, ...ends.slice(-1)], attr: {} });
    groups = { members: [], ends: [...ends.slice(-1), `^${name}`] };
  };

  const constant = (data: TypedArray, shape: readonly number[], dtype: DataType): string => {
    const key = data.length <= 64 ? `${dtype}[${shape}] ${data.join()}` : undefined;
    const known = key === undefined ? undefined : shared.get(key);
    if (known !== undefined) return known;
    const name = `Const_${nodes.length}`;
    const tensor = {
      dtype: tfType(dtype),
      tensorShape: shapeProto(shape),
      tensorContent: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
    };
    nodes.push({
      name,
      op: 'Const',
      input: [],
      attr: { ...attrValues({ dtype: { type: dtype } }), value: { tensor } },
    });
    if (key !== undefined) shared.set(key, name);
    return name;
  };

  return {
    /**
     * Whether detours around operations that are slow on a processor, in float32, are worth taking.
     */
    detours,
    /** One operation with `outputCount` results. An input `^name` makes it wait for another. */
    node(op: string, inputs: readonly string[], attributes: Attributes, outputCount = 1): string[] {
      const name = `${op}_${nodes.length}`;
      const earlier = groups && groups.ends.length > 1 ? [groups.ends[0]] : [];
      nodes.push({ name, op, input: [...inputs, ...earlier], attr: attrValues(attributes) });
      if (groups && groups.members.push(`^${name}`) === GROUP) endGroup(groups);
      return Array.from({ length: outputCount }, (_, i) => (i === 0 ? name : `${name}:${i}`));
    },
    op(op: string, inputs: readonly string[], attributes: Attributes = {}): string {
      return this.node(op, inputs, attributes)[0];
    },
    /**
     * The operations that `write` writes will run nearly in the order in which they are written: at
     * most two hundred before an earlier one.
     */
    inTurn(write: () => void): void {
      groups = { members: [], ends: [] };
      write();
      groups = undefined;
    },
    constant,
    scalar(value: number, dtype: 'float32' | 'int32' = 'float32'): string {
      return constant(dtype === 'float32' ? Float32Array.of(value) : Int32Array.of(value), [], dtype);
    },
    /** A vector, as operations take shapes and axes. */
    ints(values: readonly number[]): string {
      return constant(Int32Array.from(values), [values.length], 'int32');
    },
    /** The finished graph as the bytes of a `saved_model.pb` with the tag `serve`. */
    encode(): Uint8Array {
      // A version of TensorFlow 2: the library reads graphs of much older producers in ways that
      // have been given up since.
      const graphDef = { node: nodes, versions: { producer: 1000 } };
      const message = { savedModelSchemaVersion: 1, metaGraphs: [{ metaInfoDef: { tags: ['serve'] }, graphDef }] };
      return SAVED_MODEL.encode(SAVED_MODEL.create(message)).finish();
    },
  };
}

export type GraphDefBuilder = ReturnType<typeof graphDefBuilder>;
