import { tensor4d } from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import * as ort from 'onnxruntime-node';
import type { Graph } from '../graph.ts';
import { createSession } from './create-session.ts';
import { lowerGraph } from './lower-graph.ts';

export type Shape4D = [number, number, number, number];

/** Numbers between -1 and 1 without a pattern. */
export const noise = (shape: Shape4D, seed: number): Tensor4D =>
  tensor4d(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => {
      const x = Math.sin((i + 1) * 12.9898 + seed * 78.233) * 43758.5453;
      return (x - Math.floor(x)) * 2 - 1;
    }),
    shape,
  );

/**
 * What a graph without variables computes, lowered for blocks of that many channels.
 *
 * @param inputs of the graph, filled with {@link noise}
 */
export async function runLowered(graph: Graph, block: number, inputs: readonly Shape4D[]): Promise<Float32Array[]> {
  const program = lowerGraph(graph, { block, inPlace: false });
  const session = await createSession(program.model);
  const feeds: [string, ort.Tensor][] = inputs.map((shape, i) => [
    program.inputs[i],
    new ort.Tensor('float32', noise(shape, i + 1).dataSync(), shape),
  ]);
  if (program.zero !== undefined && session.inputNames.includes(program.zero))
    feeds.push([program.zero, new ort.Tensor('int64', BigInt64Array.of(0n), [])]);
  const results = await session.run(Object.fromEntries(feeds) as Record<string, ort.Tensor>);
  await session.release();
  return program.outputs.map((name) => results[name].data as Float32Array);
}
