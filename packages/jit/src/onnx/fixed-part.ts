import type { Variable } from '@tensorflow/tfjs-core';
import type * as ort from 'onnxruntime-node';
import { createSession } from './create-session.ts';
import type { Device } from './device.ts';
import type { OnnxProgram } from './lower-graph.ts';
import { areSameStates, variableStates } from './variable-states.ts';

/** A variable, and its newest value as ONNX Runtime gets it. */
export interface FixedInput {
  variable: Variable;
  buffer(): ort.Tensor;
}

/**
 * Computes what stays the same from run to run, and computes it again when a variable that it
 * depends on has been assigned.
 */
export async function fixedPart(
  part: NonNullable<OnnxProgram['fixed']>,
  inputOf: (name: string) => FixedInput,
  device: Device,
) {
  const preferredOutputLocation = device === 'webgpu' ? 'gpu-buffer' : 'cpu';
  const session = await createSession(part.model, { enableCpuMemArena: false, preferredOutputLocation }, device);
  const inputs = session.inputNames.map((name) => ({ name, ...inputOf(name) }));
  const states = () => variableStates(inputs.map(({ variable }) => variable));
  let known: { states: readonly unknown[]; results: Record<string, ort.Tensor> } | undefined;
  const forget = () => {
    for (const result of Object.values(known?.results ?? {})) result.dispose();
    known = undefined;
  };
  return {
    /** The results, by name. */
    async results(): Promise<Record<string, ort.Tensor>> {
      if (!known || !areSameStates(known.states, states())) {
        forget();
        const feeds = Object.fromEntries(inputs.map(({ name, buffer }) => [name, buffer()]));
        // A variable that has been elsewhere has other data from now on.
        known = { states: states(), results: await session.run(feeds) };
      }
      return known.results;
    },
    async release() {
      forget();
      await session.release();
    },
  };
}
