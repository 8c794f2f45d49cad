import type { Variable } from '@tensorflow/tfjs-core';
import type * as ort from 'onnxruntime-node';
import { createSession } from './create-session.ts';
import type { Device } from './device.ts';
import { areSameStates, variableStates } from './variable-states.ts';
import { withInitializers } from './with-initializers.ts';

export interface ConstantStatesOptions {
  /** Inputs whose values follow from the variables. */
  names: readonly string[];
  variables: readonly Variable[];
  device: Device;
}

/**
 * A session in which variables are constants: for devices to which their values would have to be
 * brought in every call.
 */
export function constantStates(model: Uint8Array, { names, variables, device }: ConstantStatesOptions) {
  let seen: readonly unknown[] = [];
  let session: ort.InferenceSession | undefined;
  const forget = async () => {
    await session?.release();
    session = undefined;
  };
  return {
    /**
     * The session, from the second call in a row on that finds the variables as they were;
     * undefined before.
     *
     * @param feeds among them the values of `names`
     */
    async sessionFor(feeds: Readonly<Record<string, ort.Tensor>>): Promise<ort.InferenceSession | undefined> {
      const present = variableStates(variables);
      if (!areSameStates(present, seen)) {
        await forget();
        seen = present;
        return undefined;
      }
      const values = new Map(names.filter((name) => name in feeds).map((name) => [name, feeds[name]]));
      return (session ??= await createSession(withInitializers(model, values), {}, device));
    },
    release: forget,
  };
}
