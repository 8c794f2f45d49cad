import onnxProto from 'onnx-proto';
import { int64Values } from './int64-values.ts';
import type { Initializer, Model, ModelNode, Port } from './model.ts';

const { onnx } = onnxProto;
const ELEMENT = onnx.TensorProto.DataType;
const INT = onnx.AttributeProto.AttributeType.INT;

/** What the open dimension is called. */
const BATCH = 'batch';

/** A model as it comes out for `batch` images. */
export interface Sample {
  readonly batch: number;
  readonly model: Model;
}

/** factor · batch + offset. */
interface Affine {
  factor: number;
  offset: number;
}

const equal = <T>(values: readonly T[]) => values.every((value) => value === values[0]);
const bytesEqual = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0;
const sameInitializer = (a: Initializer, b: Initializer) =>
  a.type === b.type && a.dims.join() === b.dims.join() && bytesEqual(a.data, b.data);

/**
 * The line through the values that one number has for the samples' batches; undefined where there
 * is none of whole numbers.
 */
function affine(values: readonly number[], batches: readonly number[]): Affine | undefined {
  const factor = (values[1] - values[0]) / (batches[1] - batches[0]);
  const offset = values[0] - factor * batches[0];
  const fits = Number.isInteger(factor) && values.every((value, i) => value === factor * batches[i] + offset);
  return fits ? { factor, offset } : undefined;
}

/**
 * Lines through the numbers that stand in the same place of several lists; undefined if one has
 * none, or the lists are not of one length.
 */
function affineList(lists: readonly (readonly number[])[], batches: readonly number[]): Affine[] | undefined {
  if (!equal(lists.map((list) => list.length))) return undefined;
  const lines = lists[0].map((_, i) =>
    affine(
      lists.map((list) => list[i]),
      batches,
    ),
  );
  return lines.every((line) => line !== undefined) ? lines : undefined;
}

function int64(values: readonly number[], dims = [values.length]): Initializer {
  return { dims, type: ELEMENT.INT64, data: new Uint8Array(BigInt64Array.from(values, BigInt).buffer) };
}

/**
 * The part of `constant` that repeats along the one axis whose length is the batch's; undefined if
 * it does not repeat.
 */
function repeated({ dims, data, ...rest }: Initializer, lines: readonly Affine[]): Initializer | undefined {
  const open = lines.flatMap(({ factor }, axis) => (factor === 0 ? [] : [axis]));
  if (open.length !== 1) return undefined;
  const [axis] = open;
  const product = (sizes: readonly number[]) => sizes.reduce((a, b) => a * b, 1);
  const outer = product(dims.slice(0, axis));
  const block = data.byteLength / outer / dims[axis];
  const slice = (i: number, j: number) => data.subarray((i * dims[axis] + j) * block, (i * dims[axis] + j + 1) * block);
  const first = new Uint8Array(outer * block);
  for (let i = 0; i < outer; i++) {
    first.set(slice(i, 0), i * block);
    for (let j = 1; j < dims[axis]; j++) if (!bytesEqual(slice(i, 0), slice(i, j))) return undefined;
  }
  return { ...rest, dims: dims.map((size, i) => (i === axis ? 1 : size)), data: first };
}

/** For each value, what tells it apart in every sample: names are numbered differently. */
function places({ nodes }: Model): Map<string, string> {
  return new Map(nodes.flatMap(({ outputs }, i) => outputs.map((output, j) => [output, `${i}.${j}`] as const)));
}

function refuse({ kernel, opType }: Pick<ModelNode, 'kernel' | 'opType'>, why: string): never {
  throw new Error(
    `exportOnnx: the number of images cannot be left open, because ${why} (kernel ${kernel}, ONNX ${opType}). ` +
      'Write the function so that the batch is only ever the first axis, or give a number in place of null.',
  );
}

/**
 * One model for any number of images, out of the models for several: where they differ, the number
 * of images must be why, and is put in when the model runs.
 *
 * @param samples three or more, of different batches; the result keeps the first one's names
 * @param source the name of an input value whose first dimension is the batch
 * @throws if the models differ in more than shapes and repetitions
 */
export function withOpenBatch(samples: readonly Sample[], source: string): Model {
  const batches = samples.map(({ batch }) => batch);
  const models = samples.map(({ model }) => model);
  const [model] = models;
  const known = models.map(places);
  const initializers = new Map(model.initializers);
  const nodes: ModelNode[] = [];
  let count = 0;
  const add = (initializer: Initializer): string => {
    const name = `open_${count++}`;
    initializers.set(name, initializer);
    return name;
  };
  const addNode = (opType: string, inputs: string[], attributes: ModelNode['attributes'] = []): string => {
    const name = `open_${count++}`;
    nodes.push({ opType, domain: '', inputs, outputs: [name], attributes, kernel: 'Shape' });
    return name;
  };

  let batchLength: string | undefined;
  const batchValue = (): string =>
    (batchLength ??= addNode(
      'Shape',
      [source],
      [
        { name: 'start', type: INT, i: 0 },
        { name: 'end', type: INT, i: 1 },
      ],
    ));
  const lengths = new Map<string, string>();
  /** A list of one number. */
  const length = ({ factor, offset }: Affine): string => {
    const key = `${factor},${offset}`;
    let name = lengths.get(key);
    if (name === undefined) {
      name = batchValue();
      if (factor !== 1) name = addNode('Mul', [name, add(int64([factor]))]);
      if (offset !== 0) name = addNode('Add', [name, add(int64([offset]))]);
      lengths.set(key, name);
    }
    return name;
  };
  const lists = new Map<string, string>();
  const list = (lines: readonly Affine[]): string => {
    const key = lines.map(({ factor, offset }) => `${factor},${offset}`).join(';');
    let name = lists.get(key);
    if (name === undefined) {
      const parts: string[] = [];
      let fixed: number[] = [];
      const flush = () => {
        if (fixed.length > 0) parts.push(add(int64(fixed)));
        fixed = [];
      };
      for (const line of lines) {
        if (line.factor === 0) fixed.push(line.offset);
        else {
          flush();
          parts.push(length(line));
        }
      }
      flush();
      name = parts.length === 1 ? parts[0] : addNode('Concat', parts, [{ name: 'axis', type: INT, i: 0 }]);
      lists.set(key, name);
    }
    return name;
  };

  /** What stands for a constant that differs from sample to sample. */
  const opened = (constants: readonly Initializer[], node: ModelNode, position: number): string => {
    const [first] = constants;
    const dims = affineList(
      constants.map((constant) => constant.dims),
      batches,
    );
    if (!equal(constants.map(({ type }) => type)) || !dims) refuse(node, 'it decides what is computed');
    if (dims.every(({ factor }) => factor === 0)) {
      const lines =
        first.type === ELEMENT.INT64 && first.dims.length === 1 && affineList(constants.map(int64Values), batches);
      if (!lines) refuse(node, 'it goes into the numbers of a constant');
      const open = lines.filter(({ factor }) => factor !== 0);
      if (node.opType === 'Reshape' && position === 1 && open.length === 1)
        return add(int64(lines.map(({ factor, offset }) => (factor === 0 ? offset : -1))));
      return list(lines);
    }
    const slices = constants.map((constant) => repeated(constant, dims));
    const [slice] = slices;
    if (!slice || !slices.every((other) => other && sameInitializer(slice, other)))
      refuse(node, 'a constant holds other numbers for each image');
    return addNode('Expand', [add(slice), list(dims)]);
  };

  if (!equal(models.map((other) => other.nodes.length)))
    refuse({ kernel: 'all', opType: 'all' }, 'it decides what is computed');
  model.nodes.forEach((node, i) => {
    const twins = models.map((other) => other.nodes[i]);
    const form = ({ opType, attributes, inputs }: ModelNode) => JSON.stringify([opType, attributes, inputs.length]);
    if (!equal(twins.map(form))) refuse(node, 'it decides what is computed');
    const inputs = node.inputs.map((name, position) => {
      const names = twins.map((twin) => twin.inputs[position]);
      const constants = names.flatMap((other, m) => models[m].initializers.get(other) ?? []);
      if (constants.length === 0) {
        if (!equal(names.map((other, m) => known[m].get(other) ?? other))) refuse(node, 'it decides what is computed');
        return name;
      }
      if (constants.length < models.length) refuse(node, 'it decides what is computed');
      return constants.every((constant) => sameInitializer(constants[0], constant))
        ? name
        : opened(constants, node, position);
    });
    nodes.push({ ...node, inputs });
  });

  const openPorts = (ports: 'inputs' | 'outputs') =>
    model[ports].map((port, i): Port => {
      const lines = affineList(
        models.map((other) => other[ports][i].dims.map(Number)),
        batches,
      );
      if (!lines) refuse({ kernel: port.name, opType: 'output' }, 'it decides the shape of a result');
      const dims = lines.map(({ factor, offset }) =>
        factor === 0 ? offset : factor === 1 && offset === 0 ? BATCH : null,
      );
      return { ...port, dims };
    });
  return { inputs: openPorts('inputs'), outputs: openPorts('outputs'), initializers, nodes };
}
