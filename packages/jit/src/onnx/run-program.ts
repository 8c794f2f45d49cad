import { engine, tensor } from '@tensorflow/tfjs-core';
import type { DataId, DataType, Tensor, TypedArray, Variable } from '@tensorflow/tfjs-core';
import * as ort from 'onnxruntime-node';
import type { Graph } from '../graph.ts';
import { recorder } from '../recorder.ts';
import type { Layout } from './layouts.ts';
import { permutationBetween, permute } from './layouts.ts';
import { blockSize } from './block-size.ts';
import { createSession } from './create-session.ts';
import { lowerGraph } from './lower-graph.ts';
import { transposeArray } from './transpose-array.ts';

const ORT_TYPE: Partial<Record<DataType, ort.Tensor.Type>> = { float32: 'float32', int32: 'int32', bool: 'bool' };

/** What a variable's buffer looks like to ONNX Runtime, found by the variable's data id. */
const buffers = new WeakMap<DataId, ort.Tensor>();

function ortTensor(data: TypedArray, dtype: DataType, dims: readonly number[]): ort.Tensor {
  const type = ORT_TYPE[dtype];
  if (type === undefined) throw new Error(`jit: tensors of type ${dtype} cannot be compiled`);
  return new ort.Tensor(type, data as Float32Array, dims);
}

function toPhysical(data: TypedArray, shape: readonly number[], layout: Layout): TypedArray {
  return layout === 'logical' ? data : transposeArray(data, shape, permutationBetween('logical', layout));
}

function toLogical(data: TypedArray, shape: readonly number[], layout: Layout): TypedArray {
  return layout === 'logical'
    ? data
    : transposeArray(data, permute(shape, layout), permutationBetween(layout, 'logical'));
}

/** Gives `variable` a new buffer; whoever reads the variable gets it in TensorFlow.js's layout. */
function store(variable: Variable, buffer: ort.Tensor, layout: Layout): void {
  const read = () => toLogical(buffer.data as Float32Array, variable.shape, layout);
  const holder = recorder().device(variable.shape, variable.dtype, read);
  buffers.set(holder.dataId, buffer);
  variable.assign(holder);
  holder.dispose();
}

function bufferOf(variable: Variable, layout: Layout, dims: readonly number[]): ort.Tensor {
  const known = buffers.get(variable.dataId);
  if (known && engine().state.tensorInfo.get(variable.dataId)?.backend === recorder()) return known;
  const buffer = ortTensor(toPhysical(variable.dataSync().slice(), variable.shape, layout), variable.dtype, dims);
  store(variable, buffer, layout);
  return buffer;
}

export interface OnnxFunction {
  run(inputs: readonly Tensor[]): Promise<Tensor[]>;
  release(): Promise<void>;
}

/** Compiles a graph for ONNX Runtime. Its variables' buffers go from the outputs of one run to the inputs of the next. */
export async function onnxFunction(graph: Graph): Promise<OnnxFunction> {
  const program = lowerGraph(graph, await blockSize());
  const session = await createSession(program.model);
  return {
    async run(inputs) {
      const feeds: Record<string, ort.Tensor> = {};
      inputs.forEach((input, i) => {
        feeds[program.inputs[i]] = ortTensor(input.dataSync() as TypedArray, input.dtype, input.shape);
      });
      program.states.forEach(({ input, layout, dims }, i) => {
        const buffer = bufferOf(graph.states[i].variable, layout, dims);
        if (session.inputNames.includes(input)) feeds[input] = buffer;
      });
      for (const name of program.inputs) if (!session.inputNames.includes(name)) delete feeds[name];
      const results = await session.run(feeds);
      program.states.forEach(({ output, layout }, i) => {
        if (output !== undefined) store(graph.states[i].variable, results[output], layout);
      });
      return graph.outputs.map((value, i) =>
        tensor(results[program.outputs[i]].data as Float32Array, [...value.shape], value.dtype),
      );
    },
    release: () => session.release(),
  };
}
