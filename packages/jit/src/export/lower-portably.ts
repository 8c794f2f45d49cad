import onnxProto from 'onnx-proto';
import type { Graph, Value } from '../graph.ts';
import { onnxBuilder, ONNX_TYPE, sectionOf } from '../onnx/builder.ts';
import { lowering } from '../onnx/lowering.ts';
import { stateLayout } from '../onnx/lower-graph.ts';
import type { Initializer, Model, Port } from './model.ts';
import { portableKernels } from './portable-kernels.ts';

/**
 * What the variable behind the graph's `index`-th state is called in the model that {@link
 * lowerPortably} returns.
 */
export const stateName = (index: number): string => `state_${index}`;

/**
 * Writes a graph in standard operators, for the number of images that it was traced with.
 *
 * @param names of the graph's inputs and outputs
 * @returns a model whose constants are initializers; its variables, still without numbers, are read
 *   under {@link stateName}
 * @throws if a kernel can be written only with operators of ONNX Runtime's own
 */
export function lowerPortably(graph: Graph, names: { inputs: readonly string[]; outputs: readonly string[] }): Model {
  const onnx = onnxBuilder();
  const to = { ...lowering(onnx, 0, { uses: new Map(), producers: new Map(), fixed: new Set() }), portable: true };
  const inputs = graph.inputs.map((value, i) => port(names.inputs[i], `input_${i}`, value));
  graph.inputs.forEach((value, i) => to.set(value, inputs[i].value));
  graph.states.forEach(({ value }, i) => to.set(value, stateName(i), stateLayout(value)));
  for (const { value, data } of graph.constants) to.set(value, onnx.constant(data, value.shape, value.dtype));
  for (const node of graph.nodes) {
    // A conversion between layouts belongs to the kernel that asks for it.
    onnx.beginSection(node.kernel);
    portableKernels[node.kernel].lower({ ...node, attrs: node.attrs as never }, to);
  }
  onnx.beginSection('Identity');
  const outputs = graph.outputs.map((value, i) => port(names.outputs[i], to.get(value), value));
  for (const { value } of outputs) onnx.output(value, [], 'float32');
  onnx.dropUnused();

  const { graph: written } = onnxProto.onnx.ModelProto.decode(onnx.encode());
  const nodes = written!.node!.map((node) => ({
    opType: node.opType!,
    domain: node.domain ?? '',
    inputs: node.input!,
    outputs: node.output!,
    attributes: node.attribute!,
    kernel: sectionOf(node.name!),
  }));
  const foreign = nodes.find(({ domain }) => domain !== '');
  if (foreign) {
    throw new Error(
      `exportOnnx: the kernel ${foreign.kernel} is only written with ${foreign.domain}.${foreign.opType}, which other runtimes lack. Write it with other operations.`,
    );
  }
  const initializers = new Map<string, Initializer>(
    written!.initializer!.map(({ name, dims, dataType, rawData }) => [
      name!,
      { dims: dims!.map(Number), type: dataType!, data: rawData! },
    ]),
  );
  return { inputs, outputs, initializers, nodes };
}

const port = (name: string, value: string, { shape, dtype }: Value): Port => ({
  name,
  value,
  type: ONNX_TYPE[dtype]!,
  dims: shape,
});
