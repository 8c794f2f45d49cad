import { tensor } from '@tensorflow/tfjs-core';
import type { CompiledFunction } from '../compiled-function.ts';
import { fedData } from '../fed-data.ts';
import type { Graph } from '../graph.ts';
import { createSession } from './create-session.ts';
import { tfType } from './element-types.ts';
import { hasDilatedGradients } from './has-dilated-gradients.ts';
import type { HalfPrecision } from './in-half-precision.ts';
import { inHalfPrecision } from './in-half-precision.ts';
import { loadBinding } from './load-binding.ts';
import { sessionVariables } from './session-variables.ts';
import { writeGraph } from './write-graph.ts';

export interface TensorflowOptions {
  /**
   * The type in which convolutions and matrix products compute; variables, inputs and outputs stay
   * float32.
   */
  mixedPrecision?: HalfPrecision;
}

/**
 * Compiles a graph for TensorFlow. Its variables live in the session; only inputs and outputs go in
 * and out.
 *
 * @throws if TensorFlow's library is not installed
 */
export async function tensorflowFunction(
  graph: Graph,
  { mixedPrecision }: TensorflowOptions = {},
): Promise<CompiledFunction> {
  const binding = loadBinding();
  const narrow =
    mixedPrecision &&
    inHalfPrecision({ type: mixedPrecision, dilatedGradients: hasDilatedGradients(mixedPrecision, binding) });
  const program = writeGraph(graph, { onGpu: binding.isUsingGpuDevice(), mixed: narrow });
  const session = createSession(program.model, binding);
  const variables = sessionVariables(graph.states, program, session, binding);
  const fetches = [...program.outputs, program.done];

  return {
    async run(inputs) {
      variables.load();
      const feeds = inputs.map((input) => {
        const { data, type } = fedData(input);
        return binding.createTensor(input.shape, tfType(type), data);
      });
      let results: number[];
      try {
        results = session.run(feeds, program.inputs, fetches);
      } finally {
        for (const id of feeds) binding.deleteTensor(id);
      }
      variables.store();
      const outputs = graph.outputs.map(({ shape, dtype }, i) =>
        tensor(binding.tensorDataSync(results[i]) as Float32Array, [...shape], dtype),
      );
      for (const id of results) binding.deleteTensor(id);
      return outputs;
    },
    async release() {
      variables.release();
      session.release();
    },
  };
}
