import { ready, tidy } from '@tensorflow/tfjs-core';
import type { TensorContainer } from '@tensorflow/tfjs-core';
import type { CompiledFunction } from './compiled-function.ts';
import { onnxFunction } from './onnx/run-program.ts';
import type { Graph } from './graph.ts';
import type { Flattened } from './structure.ts';
import { flatten } from './structure.ts';
import { trace } from './trace.ts';

/**
 * `onnx`: compiled for ONNX Runtime; `tensorflow`: compiled for TensorFlow's native library, which must be installed; `eager`: run as it is on TensorFlow.js's
 * current backend.
 */
export type Engine = 'onnx' | 'tensorflow' | 'eager';

type Target = (graph: Graph) => Promise<CompiledFunction>;

const targets: Record<Exclude<Engine, 'eager'>, Target> = {
  onnx: onnxFunction,
  tensorflow: async (graph) => (await import('./tensorflow/tensorflow-function.ts')).tensorflowFunction(graph),
};

export interface JitOptions {
  /** Default `onnx`. */
  engine?: Engine;
  /** What error messages call the function. Default: the function's own name. */
  name?: string;
}

export interface Jitted<Inputs, Outputs> {
  /** Runs the function. The caller owns the inputs and the results. Calls run one after another, in the order in which they were made. */
  (inputs: Inputs): Promise<Outputs>;
  readonly engine: Engine;
  /** Frees the compiled forms. Variables stay and keep their values. */
  dispose(): void;
}

interface Compiled {
  program: CompiledFunction;
  results: Flattened;
}

/** Compiled functions share variables, so their runs must not overlap. */
let previous: Promise<unknown> = Promise.resolve();

function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const result = previous.then(work, work);
  previous = result.catch(() => undefined);
  return result;
}

function describe(error: unknown, name: string): unknown {
  const missing =
    error instanceof Error &&
    /Kernel '([^']+)' not registered for backend 'jit'|registered kernel ['"]?(\w+)['"]? for backend/.exec(
      error.message,
    );
  if (!missing) return error;
  return new Error(
    `jit: ${name} uses the kernel ${missing[1] ?? missing[2]}, which has no compiled form. Write it with other operations, or run the function with engine: 'eager'.`,
    { cause: error },
  );
}

/**
 * Makes a fast version of an ordinary TensorFlow.js function. Its first call with inputs of new shapes runs the function once on symbols and
 * compiles what it does, gradients and assignments to variables included; later calls run the compiled form and never enter the function again.
 *
 * Everything that the function reads besides its inputs and variables is frozen at the first call: pass learning rates, step numbers and random draws as
 * tensors. Variables must exist before the first call.
 *
 * @param fn takes and returns tensors in plain objects and arrays, nested at will
 * @throws (on the first call) if the function reads a tensor's value, calls a kernel that has no compiled form, or creates a variable
 */
export function jit<Inputs, Outputs>(
  fn: (inputs: Inputs) => Outputs,
  options: JitOptions = {},
): Jitted<Inputs, Outputs> {
  const engine = options.engine ?? 'onnx';
  const name = options.name ?? (fn.name || 'the function');
  const compiled = new Map<string, Promise<Compiled>>();

  const compile = async (flat: Flattened, target: Target): Promise<Compiled> => {
    let results: Flattened | undefined;
    try {
      const graph = trace(flat.tensors, (symbols) => {
        results = flatten(fn(flat.rebuild(symbols) as Inputs), 'the result');
        return results.tensors;
      });
      return { program: await target(graph), results: results! };
    } catch (error) {
      throw describe(error, name);
    }
  };

  const runCompiled = async (inputs: Inputs, target: Target): Promise<Outputs> => {
    const flat = flatten(inputs, 'the input');
    let entry = compiled.get(flat.key);
    if (!entry) compiled.set(flat.key, (entry = compile(flat, target)));
    try {
      const { program, results } = await entry;
      return results.rebuild(await program.run(flat.tensors)) as Outputs;
    } catch (error) {
      compiled.delete(flat.key);
      throw error;
    }
  };

  const runEagerly = async (inputs: Inputs): Promise<Outputs> => {
    let results: Flattened | undefined;
    tidy(() => {
      results = flatten(fn(inputs), 'the result');
      return results.tensors as TensorContainer;
    });
    return results!.rebuild(results!.tensors) as Outputs;
  };

  const call = (inputs: Inputs) =>
    inTurn(async () => {
      await ready();
      return engine === 'eager' ? runEagerly(inputs) : runCompiled(inputs, targets[engine]);
    });
  const dispose = () => {
    for (const entry of compiled.values()) void entry.then(({ program }) => program.release());
    compiled.clear();
  };
  return Object.assign(call, { engine, dispose });
}
