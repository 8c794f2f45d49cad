import { ready, Tensor } from '@tensorflow/tfjs-core';
import type { DataType } from '@tensorflow/tfjs-core';
import { createSession } from '../onnx/create-session.ts';
import { describeMissingKernel } from '../describe-missing-kernel.ts';
import { trace } from '../trace.ts';
import { encodeModel } from './encode-model.ts';
import { inOpset17 } from './in-opset-17.ts';
import { lowerPortably, stateName } from './lower-portably.ts';
import { namedParts } from './named-parts.ts';
import { variableInitializer } from './variable-initializer.ts';
import { withFoldedConstants } from './with-folded-constants.ts';
import { withOpenBatch } from './with-open-batch.ts';
import { withReadableNames } from './with-readable-names.ts';
import { withoutReshapeDetours } from './without-reshape-detours.ts';
import { withoutIdleParts } from './without-idle-parts.ts';

/**
 * What goes in at one place: a tensor's shape and type. `null` is the batch, left open; a tensor,
 * and a `tf.layers` model's input, are such as well.
 */
export interface InputSpec {
  readonly shape: readonly (number | null)[];
  /** Default float32. */
  readonly dtype?: DataType;
}

/**
 * What `Inputs` looks like to {@link exportOnnx}: the same structure, with an {@link InputSpec} for
 * each tensor.
 */
export type InputSpecs<Inputs> = Inputs extends Tensor
  ? InputSpec
  : { readonly [Key in keyof Inputs]: InputSpecs<Inputs[Key]> };

export interface ExportOptions {
  /** What the file calls the model. Default: the function's own name. */
  name?: string;
  /** Words that travel in the file, such as the names of the classes. */
  metadata?: Readonly<Record<string, string>>;
}

/**
 * Sizes that are rarely a network's own: what depends on the number of images shows by changing
 * with it.
 */
const BATCHES = [23, 29, 31];

const isSpec = (item: unknown): item is InputSpec =>
  typeof item === 'object' && item !== null && Array.isArray((item as Partial<InputSpec>).shape);
const isTensor = (item: unknown): item is Tensor => item instanceof Tensor;

/**
 * Writes what a TensorFlow.js function computes as an ONNX file (opset 17, ONNX's own operators
 * only), for any runtime. Inputs and outputs keep the layout that they have in TensorFlow.js
 * (images NHWC) and are called like the keys of the function's structures, `image` and `logits` for
 * `{ image } => { logits }`, joined by dots where nested; a single tensor is called `input` or
 * `output`. Variables become initializers with their newest values and their own names, filters in
 * ONNX's layout.
 *
 * @param fn takes and returns tensors in plain objects and arrays, nested at will; assigns no
 *   variable. It is called on symbols, as by `jit`.
 * @param specs the shape of each input, with `null` for the batch: `{ image: { shape: [null, 256,
 *   512, 3] } }`. The batch may stay open wherever what depends on it are shapes alone.
 * @returns the bytes of the file
 * @throws if the function assigns a variable, reads a tensor's value, calls a kernel without
 *   portable form, or needs to know the number of images
 */
export async function exportOnnx<Inputs, Outputs>(
  fn: (inputs: Inputs) => Outputs,
  specs: InputSpecs<Inputs>,
  options: ExportOptions = {},
): Promise<Uint8Array> {
  await ready();
  const name = options.name ?? (fn.name || 'model');
  const inputs = namedParts(specs, isSpec, 'input');
  const open = inputs.parts.findIndex(({ shape }) => shape[0] === null);
  const misplaced = inputs.parts.findIndex(({ shape }) => shape.slice(1).includes(null));
  if (misplaced >= 0) {
    throw new Error(
      `exportOnnx: the shape of ${inputs.names[misplaced]} is [${inputs.parts[misplaced].shape.map(String).join(', ')}]; only the first axis, the batch, can be null.`,
    );
  }

  const sample = (batch: number) => {
    let names: readonly string[] = [];
    const values = inputs.parts.map(({ shape, dtype = 'float32' }) => ({
      shape: shape.map((size) => size ?? batch),
      dtype,
    }));
    const record = () =>
      trace(values, (symbols) => {
        const outputs = namedParts(fn(inputs.rebuild(symbols) as Inputs), isTensor, 'output');
        names = outputs.names;
        return [...outputs.parts];
      });
    const graph = withoutReshapeDetours(orExplain(record, name));
    const assigned = graph.states.find(({ next }) => next !== undefined);
    if (assigned) {
      throw new Error(
        `exportOnnx: ${name} assigns the variable ${assigned.variable.name}; only what computes results from inputs can be exported. Export the part without training (training: false).`,
      );
    }
    return { batch, graph, model: lowerPortably(graph, { inputs: inputs.names, outputs: names }) };
  };
  const samples = (open < 0 ? [1] : BATCHES).map(sample);
  const [{ graph, model }] = samples;
  const lowered = open < 0 ? model : withOpenBatch(samples, model.inputs[open].value);

  const initializers = new Map(lowered.initializers);
  graph.states.forEach(({ variable }, i) => initializers.set(stateName(i), variableInitializer(variable)));
  const complete = withoutIdleParts(inOpset17({ ...lowered, initializers }));
  const folded = await withFoldedConstants(complete);
  const bytes = encodeModel(withReadableNames(withoutIdleParts(folded)), { name, metadata: options.metadata });
  await check(bytes, name);
  return bytes;
}

function orExplain<T>(record: () => T, name: string): T {
  try {
    return record();
  } catch (error) {
    throw describeMissingKernel(error, `exportOnnx: ${name}`, 'export the part without it');
  }
}

/** @throws if ONNX Runtime does not take the file */
async function check(bytes: Uint8Array, name: string): Promise<void> {
  try {
    await (await createSession(bytes)).release();
  } catch (error) {
    throw new Error(`exportOnnx: ${name} cannot be written in opset 17: ${(error as Error).message}`, { cause: error });
  }
}
