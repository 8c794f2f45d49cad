import onnxProto from 'onnx-proto';
import type { DataType, TypedArray } from '@tensorflow/tfjs-core';

const { onnx } = onnxProto;
const { AttributeType } = onnx.AttributeProto;
const ELEMENT = onnx.TensorProto.DataType;

export type Attribute = number | string | readonly number[] | { float: number };

export const ONNX_TYPE: Partial<Record<DataType | 'int64' | 'uint8', number>> = {
  float32: ELEMENT.FLOAT,
  int32: ELEMENT.INT32,
  bool: ELEMENT.BOOL,
  int64: ELEMENT.INT64,
  uint8: ELEMENT.UINT8,
};

function attribute(name: string, value: Attribute) {
  if (typeof value === 'number') return { name, type: AttributeType.INT, i: value };
  if (typeof value === 'string') return { name, type: AttributeType.STRING, s: new TextEncoder().encode(value) };
  if ('float' in value) return { name, type: AttributeType.FLOAT, f: value.float };
  return { name, type: AttributeType.INTS, ints: [...value] };
}

const tensorType = (elemType: number, shape: readonly number[] | undefined) => ({
  tensorType: { elemType, ...(shape && { shape: { dim: shape.map((dimValue) => ({ dimValue })) } }) },
});

export type OnnxNode = InstanceType<typeof onnx.NodeProto>;

/** The section in which a node of this name was made, see {@link OnnxBuilder.beginSection}. */
export const sectionOf = (name: string): string => name.slice(0, name.indexOf('/'));

function encodeModel(parts: ConstructorParameters<typeof onnx.GraphProto>[0]): Uint8Array {
  const opsetImport = [
    { domain: '', version: 18 },
    { domain: 'com.microsoft', version: 1 },
    { domain: 'com.microsoft.nchwc', version: 1 },
  ];
  const graph = onnx.GraphProto.create({ name: 'jit', ...parts });
  return onnx.ModelProto.encode({ irVersion: 8, opsetImport, graph }).finish();
}

/** What differs from round to round when a graph runs many times in one call. */
export interface Rounds {
  /** Inputs that have a new value in each round. */
  inputs: readonly string[];
  /** Inputs that take the value of an output of the round before. */
  carried: readonly { input: string; output: string }[];
  /** Outputs that are wanted of each round. */
  outputs: readonly string[];
}

/** Names in the model of {@link OnnxBuilder.encodeRounds}. */
export const stacked = (name: string): string => `all_${name}`;
export const beforeFirst = (name: string): string => `first_${name}`;
export const afterLast = (name: string): string => `last_${name}`;

/**
 * Collects ONNX nodes; every method returns the name of the value it made. Small constants are
 * shared.
 */
export function onnxBuilder() {
  const nodes: OnnxNode[] = [];
  const initializers: InstanceType<typeof onnx.TensorProto>[] = [];
  const inputs: InstanceType<typeof onnx.ValueInfoProto>[] = [];
  const outputs: InstanceType<typeof onnx.ValueInfoProto>[] = [];
  const shared = new Map<string, string>();
  const single: string[] = [];
  const computed = new Set<string>();
  const constants = new Set<string>();
  const floats = new Set<string>();
  const lists = new Map<string, readonly number[]>();
  const made = new Map<string, string[]>();
  let count = 0;
  let section = '';

  const constant = (data: TypedArray | BigInt64Array, dims: readonly number[], dataType: number): string => {
    const key = data.length <= 20000 ? `${dataType}:${dims.join()}:${data.join()}` : undefined;
    const known = key === undefined ? undefined : shared.get(key);
    if (known !== undefined) return known;
    const name = `c${count++}`;
    const rawData = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    initializers.push(onnx.TensorProto.create({ name, dims: [...dims], dataType, rawData }));
    constants.add(name);
    if (dataType === ELEMENT.FLOAT) floats.add(name);
    if (data.length === 1) single.push(name);
    if (key !== undefined) shared.set(key, name);
    return name;
  };

  return {
    /** Nodes are named after the section that they are made in, so that a profile can be read. */
    beginSection(name: string): void {
      section = name;
    },
    section: (): string => section,
    /** What `make` makes belongs to the section `name`, whichever is open. */
    inSection<T>(name: string, make: () => T): T {
      const open = section;
      section = name;
      try {
        return make();
      } finally {
        section = open;
      }
    },
    /**
     * One operator with `outputCount` results; an empty input name leaves an optional input out.
     * What was asked for before is not made again.
     */
    node(opType: string, input: string[], attributes: Record<string, Attribute> = {}, outputCount = 1): string[] {
      const call = `${opType}(${input.join()})${JSON.stringify(attributes)}${outputCount}`;
      const known = made.get(call);
      if (known) return known;
      const [domain, type] = opType.includes(':') ? opType.split(':') : ['', opType];
      const output = Array.from({ length: outputCount }, () => `t${count++}`);
      made.set(call, output);
      output.forEach((name) => computed.add(name));
      nodes.push(
        onnx.NodeProto.create({
          name: `${section}/${type}_${output[0]}`,
          opType: type,
          domain,
          input,
          output,
          attribute: Object.entries(attributes).map(([name, value]) =>
            onnx.AttributeProto.create(attribute(name, value)),
          ),
        }),
      );
      return output;
    },
    op(opType: string, input: string[], attributes: Record<string, Attribute> = {}): string {
      return this.node(opType, input, attributes)[0];
    },
    ints(values: readonly number[]): string {
      const name = constant(BigInt64Array.from(values, BigInt), [values.length], ELEMENT.INT64);
      lists.set(name, values);
      return name;
    },
    /** The numbers of which `ints` made the constant. */
    intsOf: (name: string): readonly number[] | undefined => lists.get(name),
    scalar(value: number, dtype: 'float32' | 'int32' = 'float32'): string {
      return dtype === 'float32'
        ? constant(Float32Array.of(value), [], ELEMENT.FLOAT)
        : constant(Int32Array.of(value), [], ELEMENT.INT32);
    },
    floats(values: Float32Array, dims: readonly number[]): string {
      return constant(values, dims, ELEMENT.FLOAT);
    },
    constant(data: TypedArray, dims: readonly number[], dtype: DataType): string {
      const type = ONNX_TYPE[dtype];
      if (type === undefined) throw new Error(`jit: tensors of type ${dtype} cannot be compiled`);
      return constant(data, dims, type);
    },
    /** @param dims undefined for any */
    input(name: string, dims: readonly number[] | undefined, dtype: DataType | 'uint8'): string {
      inputs.push(onnx.ValueInfoProto.create({ name, type: tensorType(ONNX_TYPE[dtype]!, dims) }));
      if (dtype === 'float32') floats.add(name);
      if (dims?.every((size) => size === 1)) single.push(name);
      return name;
    },
    output(name: string, dims: readonly number[] | undefined, dtype: DataType): string {
      outputs.push(onnx.ValueInfoProto.create({ name, type: tensorType(ONNX_TYPE[dtype]!, dims) }));
      return name;
    },
    /** An output that is a sequence of the one tensor `name`. */
    sequenceOutput(name: string): string {
      const sequence = this.op('SequenceConstruct', [name]);
      const type = { sequenceType: { elemType: { tensorType: { elemType: ELEMENT.FLOAT } } } };
      outputs.push(onnx.ValueInfoProto.create({ name: sequence, type }));
      return sequence;
    },
    /** Leaves out what no output needs. Call it when all outputs are named. */
    dropUnused(): void {
      const used = new Set(outputs.map(({ name }) => name));
      for (let i = nodes.length - 1; i >= 0; i--) {
        const { opType, input, output } = nodes[i];
        if (!output!.some((name) => used.has(name))) {
          nodes.splice(i, 1);
          continue;
        }
        // Positions of the maxima are an optional result that takes five times as long as the
        // maxima themselves.
        if (opType === 'MaxPool' && output!.length > 1 && !used.has(output![1])) output!.pop();
        input!.forEach((name) => used.add(name));
      }
      for (let i = initializers.length - 1; i >= 0; i--)
        if (!used.has(initializers[i].name!)) initializers.splice(i, 1);
    },
    /**
     * Takes float32 results out of the graph, which will be given them from now on.
     *
     * @returns a model that computes them, and its inputs
     */
    takeOut(results: readonly string[]): { model: Uint8Array; inputs: string[] } {
      const needed = new Set(results);
      const part = [...nodes]
        .reverse()
        .filter(({ input, output }) => {
          const isNeeded = output!.some((name) => needed.has(name));
          if (isNeeded) for (const name of input!) needed.add(name);
          return isNeeded;
        })
        .reverse();
      const type = { tensorType: { elemType: ELEMENT.FLOAT } };
      const unshaped = results.map((name) => onnx.ValueInfoProto.create({ name, type }));
      const taken = new Set(results);
      const others = nodes.filter(({ output }) => !output!.some((name) => taken.has(name)));
      nodes.splice(0, nodes.length, ...others);
      const isUsed = ({ name }: { name?: string | null }) => needed.has(name!);
      const used = inputs.filter(isUsed);
      inputs.push(...unshaped);
      return {
        model: encodeModel({
          node: part,
          initializer: initializers.filter(isUsed),
          input: used,
          output: unshaped,
        }),
        inputs: used.map(({ name }) => name!),
      };
    },
    /** Declares the inputs without shapes, and one more that is an integer; returns its name. */
    forgetInputShapes(): string {
      for (const { type } of inputs) delete type!.tensorType!.shape;
      const zero = 'zero';
      inputs.push(onnx.ValueInfoProto.create({ name: zero, type: { tensorType: { elemType: ELEMENT.INT64 } } }));
      return zero;
    },
    /** The model as bytes. */
    encode: (): Uint8Array => encodeModel({ node: nodes, initializer: initializers, input: inputs, output: outputs }),
    /**
     * A model, as bytes, that runs the graph many times, each round with what the one before has
     * left. It has an input `rounds`, their number; the inputs and outputs of all rounds, stacked
     * along a new first axis, and the carried inputs before the first round and after the last one
     * have names of their own.
     */
    encodeRounds({ inputs: changing, carried, outputs: wanted }: Rounds): Uint8Array {
      const typed = (name: string, elemType: number) =>
        onnx.ValueInfoProto.create({ name, type: { tensorType: { elemType } } });
      const number = (name: string, elemType: number) =>
        onnx.ValueInfoProto.create({ name, type: { tensorType: { elemType, shape: {} } } });
      const typeOf = new Map([...inputs, ...outputs].map(({ name, type }) => [name!, type!.tensorType!.elemType!]));
      /** Declares `name` with the type of the graph's own input or output. */
      const like = (own: string, name = own) => typed(name, typeOf.get(own)!);
      const isOwn = new Set([...changing, ...carried.map(({ input }) => input)]);
      const body = onnx.GraphProto.create({
        name: 'round',
        input: [number('round', ELEMENT.INT64), number('go', ELEMENT.BOOL), ...carried.map(({ input }) => like(input))],
        initializer: initializers,
        node: [
          onnx.NodeProto.create({ name: 'go', opType: 'Identity', input: ['go'], output: ['go_on'] }),
          ...changing.map((name) =>
            onnx.NodeProto.create({
              name: `take/${name}`,
              opType: 'Gather',
              input: [stacked(name), 'round'],
              output: [name],
            }),
          ),
          ...nodes,
        ],
        output: [
          typed('go_on', ELEMENT.BOOL),
          ...carried.map(({ output }) => like(output)),
          ...wanted.map((name) => like(name)),
        ],
      });
      const results = [
        ...carried.map(({ output }) => like(output, afterLast(output))),
        ...wanted.map((name) => like(name, stacked(name))),
      ];
      return encodeModel({
        node: [
          onnx.NodeProto.create({
            name: 'rounds',
            opType: 'Loop',
            input: ['rounds', '', ...carried.map(({ input }) => beforeFirst(input))],
            output: results.map(({ name }) => name!),
            attribute: [{ name: 'body', type: AttributeType.GRAPH, g: body }],
          }),
        ],
        input: [
          number('rounds', ELEMENT.INT64),
          ...changing.map((name) => like(name, stacked(name))),
          ...carried.map(({ input }) => like(input, beforeFirst(input))),
          ...inputs.filter(({ name }) => !isOwn.has(name!)),
        ],
        output: results,
      });
    },
    nodes: nodes as readonly OnnxNode[],
    /** The constants and inputs that are a single number. */
    singleNumbers: (): readonly string[] => single,
    /** Puts `moved` behind all other nodes, and otherwise leaves the order as it is. */
    moveToEnd(moved: ReadonlySet<OnnxNode>): void {
      const others = nodes.filter((node) => !moved.has(node));
      nodes.splice(0, nodes.length, ...others, ...moved);
    },
    /** Whether `name` is the result of a node, not an input or a constant. */
    isComputed: (name: string) => computed.has(name),
    isConstant: (name: string) => constants.has(name),
    /** Whether `name` is a constant or an input of type float32. */
    isFloat: (name: string) => floats.has(name),
  };
}

export type OnnxBuilder = ReturnType<typeof onnxBuilder>;
