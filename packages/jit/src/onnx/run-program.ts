import { tensor } from '@tensorflow/tfjs-core';
import type { Tensor, TypedArray } from '@tensorflow/tfjs-core';
import * as ort from 'onnxruntime-node';
import type { CompiledFunction } from '../compiled-function.ts';
import { dataChanged } from '../data-version.ts';
import { fedData } from '../fed-data.ts';
import type { Graph } from '../graph.ts';
import { blockSize } from './block-size.ts';
import { staysOnCard } from './card-tensors.ts';
import { constantStates } from './constant-states.ts';
import { createSession } from './create-session.ts';
import type { Device } from './device.ts';
import { explainProgram } from './explain-program.ts';
import { fixedPart } from './fixed-part.ts';
import type { LoweringOptions, OnnxProgram } from './lower-graph.ts';
import { lowerGraph } from './lower-graph.ts';
import { runInPlace, worksInPlace } from './run-in-place.ts';
import type { Held } from './variable-buffers.ts';
import { stackTensors } from './stack-tensors.ts';
import {
  dropFreeBuffers,
  emptyTensor,
  isShared,
  ortTensor,
  storeVariable,
  takeFromSession,
  variableBuffer,
} from './variable-buffers.ts';

export interface OnnxOptions extends LoweringOptions {
  /** Whether a program that assigns no variable holds a copy of those that it reads. */
  holdsVariables?: boolean;
}

const loweringFor = async (device: Device): Promise<OnnxOptions> =>
  device === 'cpu'
    ? { block: await blockSize(), inPlace: await worksInPlace(), device }
    : { block: 0, inPlace: false, device, inRounds: device === 'cuda', holdsVariables: device === 'cuda' };

/** New values of variables stay where they were computed; everything else comes back. */
const outputLocations = (graph: Graph, program: OnnxProgram): Record<string, 'cpu' | 'gpu-buffer'> =>
  Object.fromEntries([
    ...program.outputs.map((name) => [name, 'cpu'] as const),
    ...program.states.flatMap(({ output }, i) =>
      output === undefined
        ? []
        : [[output, staysOnCard(graph.states[i].variable.dtype) ? 'gpu-buffer' : 'cpu'] as const],
    ),
  ]);

/**
 * Compiles a graph for ONNX Runtime. Its variables' buffers go from the results of one run to the
 * inputs of the next.
 *
 * @param lowering in place of what is best for the device
 * @throws if ONNX Runtime finds no such device
 */
export async function onnxFunction(
  graph: Graph,
  device: Device = 'cpu',
  lowering: Partial<OnnxOptions> = {},
): Promise<CompiledFunction> {
  const lowered = { ...(await loweringFor(device)), ...lowering };
  const program = lowerGraph(graph, lowered);
  const bufferOf = (i: number): ort.Tensor => {
    const { layout, dims } = program.states[i];
    return variableBuffer(graph.states[i].variable, layout, dims, device);
  };
  const inputOf = (name: string) => {
    const i = program.states.findIndex(({ input }) => input === name);
    return { variable: graph.states[i].variable, buffer: () => bufferOf(i) };
  };
  const fixed = program.fixed && (await fixedPart(program.fixed, inputOf, device));
  const locations = device === 'webgpu' ? { preferredOutputLocation: outputLocations(graph, program) } : {};
  const session = await createSession(program.model, locations, device);
  const { sequence } = program;
  const constants =
    lowered.holdsVariables && graph.states.length > 0 && program.states.every(({ output }) => output === undefined)
      ? constantStates(program.model, {
          names: [...program.states.map(({ input }) => input), ...(program.fixed?.results ?? [])],
          variables: graph.states.map(({ variable }) => variable),
          device,
        })
      : undefined;
  const made = new Set<Held>();
  // ONNX Runtime drops inputs that nothing uses.
  const used = new Set(session.inputNames);

  /** @param series the inputs of every run; one, unless the program runs in rounds */
  const feedsOf = async (series: readonly (readonly Tensor[])[]): Promise<Record<string, ort.Tensor>> => {
    const feeds: Record<string, ort.Tensor> = { ...(await fixed?.results()) };
    if (program.rounds !== undefined)
      feeds[program.rounds] = new ort.Tensor('int64', BigInt64Array.of(BigInt(series.length)), []);
    if (program.zero !== undefined && used.has(program.zero))
      feeds[program.zero] = new ort.Tensor('int64', BigInt64Array.of(0n), []);
    series[0].forEach((input, i) => {
      const name = program.inputs[i];
      if (!used.has(name)) return;
      if (program.rounds === undefined) {
        const { data, type } = fedData(input);
        feeds[name] = ortTensor(data, type, input.shape);
      } else feeds[name] = stackTensors(series.map((inputs) => inputs[i]));
    });
    program.states.forEach(({ input, layout, dims, overwrites }, i) => {
      const { variable } = graph.states[i];
      if (used.has(input)) feeds[input] = bufferOf(i);
      if (overwrites && used.has(input) && isShared(variable)) {
        const own = ortTensor((feeds[input].data as TypedArray).slice(), variable.dtype, dims);
        storeVariable(variable, own, layout);
        feeds[input] = own;
      }
    });
    return feeds;
  };
  const runInto = async (
    feeds: Record<string, ort.Tensor>,
    { executor = session, overwriting = true } = {},
  ): Promise<Record<string, ort.Tensor>> => {
    if (sequence === undefined) return executor.run(feeds);
    const results: Record<string, ort.Tensor> = {};
    graph.outputs.forEach(({ dtype, shape }, i) => (results[program.outputs[i]] = emptyTensor(dtype, shape)));
    program.states.forEach(({ input, output, dims, overwrites }, i) => {
      if (output === undefined) return;
      results[output] =
        (overwriting && overwrites && feeds[input]) || emptyTensor(graph.states[i].variable.dtype, dims);
    });
    await runInPlace(executor, feeds, results, sequence);
    return results;
  };

  const runSeries = async (series: readonly (readonly Tensor[])[]): Promise<Tensor[][]> => {
    const feeds = await feedsOf(series);
    const executor = await constants?.sessionFor(feeds);
    if (executor) for (const name of Object.keys(feeds)) if (!executor.inputNames.includes(name)) delete feeds[name];
    const results = await runInto(feeds, { executor });
    program.states.forEach(({ input, output, layout }, i) => {
      if (output === undefined) return;
      const { variable } = graph.states[i];
      if (results[output] === feeds[input]) dataChanged(variable.dataId);
      else storeVariable(variable, results[output], layout, made);
    });
    return series.map((_, round) =>
      graph.outputs.map(({ shape, dtype }, i) => {
        const data = results[program.outputs[i]].data as Float32Array;
        const size = data.length / series.length;
        return tensor(series.length === 1 ? data : data.slice(round * size, (round + 1) * size), [...shape], dtype);
      }),
    );
  };

  return {
    run: async (inputs) => (await runSeries([inputs]))[0],
    ...(program.rounds !== undefined && { runSeries }),
    async explain(inputs) {
      const feeds = await feedsOf([inputs]);
      const { model } = lowerGraph(graph, lowered);
      const measured = await explainProgram(model, (executor) => runInto(feeds, { executor, overwriting: false }));
      const assigned = program.states.filter(({ output }) => output !== undefined);
      return {
        engine: 'onnx',
        block: lowered.block,
        variables: {
          count: program.states.length,
          bytes: graph.states.reduce((sum, { variable }) => sum + variable.size * 4, 0),
          assigned: assigned.length,
          overwritten: assigned.filter(({ overwrites }) => overwrites).length,
        },
        ...measured,
      };
    },
    async release() {
      dropFreeBuffers();
      takeFromSession(made);
      await constants?.release();
      await fixed?.release();
      await session.release();
    },
  };
}
