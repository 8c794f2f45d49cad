import type { Graph, Value } from '../graph.ts';
import { KERNELS } from '../kernels/index.ts';
import { producersOf } from '../passes/producers-of.ts';
import { usesOf } from '../passes/uses-of.ts';
import { withEmptyConstants } from '../passes/with-empty-constants.ts';
import { withJoinedVectors } from '../passes/with-joined-vectors.ts';
import { withScaleShifts } from '../passes/with-scale-shifts.ts';
import { ONNX_TYPE, afterLast, beforeFirst, onnxBuilder, stacked } from './builder.ts';
import type { Device } from './device.ts';
import type { Layout } from './layouts.ts';
import { permute } from './layouts.ts';
import { lowering } from './lowering.ts';
import { scaleShift } from './scale-shift.ts';
import { fixedResults } from './fixed-results.ts';
import { statesInPlace } from './states-in-place.ts';
import { withoutShapes } from './without-shapes.ts';

/** A graph as ONNX, and under which names its tensors go in and out. */
export interface OnnxProgram {
  model: Uint8Array;
  /**
   * What stays the same as long as no variable is assigned: a model of its own, whose results are
   * inputs of the other one.
   */
  fixed: { model: Uint8Array; inputs: string[]; results: string[] } | undefined;
  inputs: string[];
  outputs: string[];
  /** For each state of the graph: its input, and its output if the function assigns it. */
  states: { input: string; output: string | undefined; overwrites: boolean; layout: Layout; dims: number[] }[];
  /** The input that must be fed an integer 0, see `withoutShapes`. */
  zero: string | undefined;
  /** The output that keeps the others from being copied, see `runInPlace`. */
  sequence: string | undefined;
  /**
   * The input that says how many runs, one after the other, a call is; inputs and outputs of all of
   * them are stacked along a new first axis.
   */
  rounds: string | undefined;
}

/** Rank-4 variables are filters: they are kept in the layout in which convolutions want them. */
export const stateLayout = ({ shape }: Pick<Value, 'shape'>): Layout => (shape.length === 4 ? 'filter' : 'logical');

const physicalShape = (shape: readonly number[], layout: Layout) =>
  shape.length === 4 ? permute(shape, layout) : [...shape];

/** Values that depend on constants and on variables alone that the graph does not assign, by id. */
function fixedValues({ constants, states, nodes }: Graph): Set<number> {
  const fixed = new Set(constants.map(({ value }) => value.id));
  for (const { value, next } of states) if (!next) fixed.add(value.id);
  for (const { inputs, outputs } of nodes)
    if (Object.values(inputs).every(({ id }) => fixed.has(id))) for (const { id } of outputs) fixed.add(id);
  return fixed;
}

export interface LoweringOptions {
  /** Channels in a block of ONNX Runtime's internal layout, 0 to do without it. */
  block: number;
  /** Whether results will be fetched with `runInPlace`. */
  inPlace: boolean;
  /** A graphics card does without what makes only the processor faster. Default: `cpu`. */
  device?: Device;
  /**
   * Whether a call is many runs if the graph assigns variables: where calls have to bring them from
   * afar.
   */
  inRounds?: boolean;
}

export function lowerGraph(
  traced: Graph,
  { block, inPlace, device = 'cpu', inRounds = false }: LoweringOptions,
): OnnxProgram {
  const given = withEmptyConstants(traced);
  const graph = device === 'cpu' ? given : withScaleShifts(withJoinedVectors(given));
  const onnx = onnxBuilder();
  const to = {
    ...lowering(onnx, block, { uses: usesOf(graph), producers: producersOf(graph), fixed: fixedValues(graph) }),
    portable: device !== 'cpu',
    onCard: device === 'webgpu',
  };
  const inputs = graph.inputs.map((value, i) => {
    const name = onnx.input(`input_${i}`, value.shape, value.isBytes ? 'uint8' : value.dtype);
    to.set(value, value.isBytes ? onnx.op('Cast', [name], { to: ONNX_TYPE[value.dtype]! }) : name);
    return name;
  });
  const stateInputs = graph.states.map(({ value }, i) => {
    const layout = stateLayout(value);
    const name = onnx.input(`state_${i}`, physicalShape(value.shape, layout), value.dtype);
    to.set(value, name, layout);
    return name;
  });
  for (const { value, data } of graph.constants) to.set(value, onnx.constant(data, value.shape, value.dtype));
  for (const node of graph.nodes) {
    onnx.beginSection(node.kernel);
    const { lower } = node.kernel === 'ScaleShift' ? scaleShift : KERNELS[node.kernel];
    lower({ ...node, attrs: node.attrs as never }, to);
  }
  onnx.beginSection('results');

  // ONNX wants a name of its own for every result, which is neither an input nor a constant nor
  // another result.
  const anything =
    graph.outputs.find(({ dtype }) => dtype === 'float32') ?? graph.states.find(({ next }) => next)?.next;
  const sequence = inPlace && anything?.dtype === 'float32' ? onnx.sequenceOutput(to.get(anything)) : undefined;
  const taken = new Set<string>();
  const output = (value: Value, layout: Layout) => {
    const name = to.get(value, layout);
    const own = onnx.isComputed(name) && !taken.has(name) ? name : onnx.op('Identity', [name]);
    taken.add(own);
    return onnx.output(own, physicalShape(value.shape, layout), value.dtype);
  };
  const outputs = graph.outputs.map((value) => output(value, 'logical'));
  const states = graph.states.map(({ value, next }, i) => {
    const layout = stateLayout(value);
    return {
      input: stateInputs[i],
      output: next && output(next, layout),
      layout,
      dims: physicalShape(value.shape, layout),
    };
  });
  onnx.dropUnused();
  const unassigned = states.filter(({ output }) => output === undefined).map(({ input }) => input);
  const results = [...outputs, ...(sequence ? [sequence] : []), ...states.flatMap(({ output }) => output ?? [])];
  const fixed = fixedResults(onnx, unassigned, results);
  const fixedPart = fixed.length > 0 ? { ...onnx.takeOut(fixed), results: fixed } : undefined;
  onnx.dropUnused();
  const overwriting = sequence === undefined ? undefined : statesInPlace(onnx, states, outputs);
  // A card's memory is planned elsewhere, and its operators are chosen by shape.
  const carried = states.flatMap(({ input, output }) => (output === undefined ? [] : [{ input, output }]));
  if (inRounds && carried.length > 0) {
    return {
      model: onnx.encodeRounds({ inputs, carried, outputs }),
      zero: undefined,
      fixed: fixedPart,
      inputs: inputs.map(stacked),
      outputs: outputs.map(stacked),
      states: states.map(({ input, output, ...place }) => ({
        ...(output === undefined ? { input, output } : { input: beforeFirst(input), output: afterLast(output) }),
        ...{ overwrites: false, ...place },
      })),
      sequence: undefined,
      rounds: 'rounds',
    };
  }
  const zero = device === 'cpu' ? withoutShapes(onnx) : undefined;
  onnx.dropUnused();
  return {
    model: onnx.encode(),
    zero,
    fixed: fixedPart,
    inputs,
    outputs,
    rounds: undefined,
    states: states.map((state) => ({ ...state, overwrites: overwriting?.has(state.output!) === true })),
    sequence,
  };
}
