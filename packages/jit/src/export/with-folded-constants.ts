import onnxProto from 'onnx-proto';
import type * as ort from 'onnxruntime-node';
import { createSession } from '../onnx/create-session.ts';
import { encodeModel } from './encode-model.ts';
import type { Initializer, Model, ModelNode } from './model.ts';
import { sharedScope } from './shared-scope.ts';

const ELEMENT = onnxProto.onnx.TensorProto.DataType;

const TYPES: Partial<Record<ort.Tensor.Type, number>> = {
  float32: ELEMENT.FLOAT,
  int32: ELEMENT.INT32,
  int64: ELEMENT.INT64,
  bool: ELEMENT.BOOL,
  uint8: ELEMENT.UINT8,
};

/** Operators that make much out of little: the file would grow by their results. */
const GROWING = new Set(['Expand', 'Tile', 'ConstantOfShape']);

function asInitializer({ data, dims, type }: ort.Tensor, origin: string | undefined): Initializer {
  const elementType = TYPES[type];
  if (elementType === undefined) throw new Error(`exportOnnx: constants of type ${type} cannot be written`);
  const { buffer, byteOffset, byteLength } = data as Float32Array;
  return { dims, type: elementType, data: new Uint8Array(buffer, byteOffset, byteLength), origin };
}

/** Operators that only turn numbers into another form. */
const REFORMING = new Set(['Identity', 'Reshape', 'Transpose']);

/** One variable's own name; several variables' common scope, and what is made of them. */
function originOf(
  { opType, inputs }: ModelNode,
  sources: ReadonlySet<string>,
  known: (input: string) => string | undefined,
): string | undefined {
  const [first] = sources;
  if (sources.size < 2) return first;
  return REFORMING.has(opType) ? known(inputs[0]) : `${sharedScope([...sources])}${opType}`;
}

/**
 * Computes what depends on initializers alone, once and for all: filters turned into ONNX's layout,
 * factors of normalisations. Variables keep their names through it.
 */
export async function withFoldedConstants(model: Model): Promise<Model> {
  const known = new Map<string, ReadonlySet<string>>();
  for (const [name, { origin }] of model.initializers) known.set(name, new Set(origin === undefined ? [] : [origin]));
  const origins = new Map<string, string | undefined>();
  const [folded, left]: [ModelNode[], ModelNode[]] = [[], []];
  for (const node of model.nodes) {
    const inputs = node.inputs.filter((input) => input !== '');
    if (GROWING.has(node.opType) || inputs.length === 0 || !inputs.every((input) => known.has(input))) {
      left.push(node);
      continue;
    }
    folded.push(node);
    const sources = new Set(inputs.flatMap((input) => [...known.get(input)!]));
    for (const output of node.outputs) {
      known.set(output, sources);
      origins.set(
        output,
        originOf(node, sources, (input) => origins.get(input)),
      );
    }
  }
  const asked = new Set([...left.flatMap(({ inputs }) => inputs), ...model.outputs.map(({ value }) => value)]);
  const wanted = [...origins.keys()].filter((name) => asked.has(name));
  if (wanted.length === 0) return model;

  const outputs = wanted.map((name) => ({ name, value: name, type: undefined, dims: [] }));
  const session = await createSession(
    encodeModel({ ...model, inputs: [], outputs, nodes: folded }, { name: 'constants' }),
  );
  const results = await session.run({});
  await session.release();
  const initializers = new Map(model.initializers);
  for (const name of wanted) initializers.set(name, asInitializer(results[name], origins.get(name)));
  return { ...model, initializers, nodes: left };
}
