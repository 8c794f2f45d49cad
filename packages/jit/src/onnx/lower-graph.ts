import type { Graph, Value } from '../graph.ts';
import { KERNELS } from '../kernels/index.ts';
import { withEmptyConstants } from '../passes/with-empty-constants.ts';
import { onnxBuilder } from './builder.ts';
import type { Layout } from './layouts.ts';
import { permute } from './layouts.ts';
import { lowering } from './lowering.ts';
import { statesInPlace } from './states-in-place.ts';

/** A graph as ONNX, and under which names its tensors go in and out. */
export interface OnnxProgram {
  model: Uint8Array;
  inputs: string[];
  outputs: string[];
  /** For each state of the graph: its input, and its output if the function assigns it. */
  states: { input: string; output: string | undefined; overwrites: boolean; layout: Layout; dims: number[] }[];
  /** The output that keeps the others from being copied, see `runInPlace`. */
  sequence: string | undefined;
}

/** Rank-4 variables are filters: they are kept in the layout in which convolutions want them. */
export const stateLayout = ({ shape }: Pick<Value, 'shape'>): Layout => (shape.length === 4 ? 'filter' : 'logical');

const physicalShape = (shape: readonly number[], layout: Layout) =>
  shape.length === 4 ? permute(shape, layout) : [...shape];

/**
 * @param block channels in a block of ONNX Runtime's internal layout, 0 to do without it
 * @param inPlace whether results will be fetched with `runInPlace`
 */
export function lowerGraph(traced: Graph, { block, inPlace }: { block: number; inPlace: boolean }): OnnxProgram {
  const graph = withEmptyConstants(traced);
  const onnx = onnxBuilder();
  const to = lowering(onnx, block);
  const inputs = graph.inputs.map((value, i) => {
    const name = onnx.input(`input_${i}`, value.shape, value.dtype);
    to.set(value, name);
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
    KERNELS[node.kernel].lower({ ...node, attrs: node.attrs as never }, to);
  }
  onnx.beginSection('results');

  // ONNX wants a name of its own for every result, which is neither an input nor a constant nor another result.
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
  const overwriting = sequence === undefined ? undefined : statesInPlace(onnx, states, outputs);
  return {
    model: onnx.encode(),
    inputs,
    outputs,
    states: states.map((state) => ({ ...state, overwrites: overwriting?.has(state.output!) === true })),
    sequence,
  };
}
