import { complainingFor } from './engine-complaints.ts';
import { ready, tidy } from '@tensorflow/tfjs-core';
import type { TensorContainer } from '@tensorflow/tfjs-core';
import { churnWarning } from './churn-warning.ts';
import type { CompiledFunction } from './compiled-function.ts';
import { countSteps } from './count-steps.ts';
import { describeMissingKernel } from './describe-missing-kernel.ts';
import type { Explanation } from './explanation.ts';
import type { InputForm } from './input-form.ts';
import { inputForm } from './input-form.ts';
import { isCurrent } from './is-current.ts';
import { printGraph } from './print-graph.ts';
import { isTracing } from './recorder.ts';
import type { Flattened } from './structure.ts';
import { flatten } from './structure.ts';
import type { HalfPrecision } from './tensorflow/in-half-precision.ts';
import type { Engine, Target } from './targets.ts';
import { targets } from './targets.ts';
import type { Trace } from './trace.ts';
import { trace } from './trace.ts';
import { userLine } from './user-line.ts';

export interface JitOptions {
  /** Default `onnx`. */
  engine?: Engine;
  /**
   * Lets convolutions and matrix products, in gradients as well, compute with 16 bits; variables,
   * everything else, and what comes out stay float32. For engine `tensorflow` only. Faster where
   * the processor or graphics card has instructions for it, slower elsewhere. With `float16`
   * gradients below 6e-8 are lost: differentiate a multiple of the loss, as `lossScaling` of
   * `@segsde/optim` does. Default: float32 throughout.
   */
  mixedPrecision?: HalfPrecision;
  /** What error messages call the function. Default: the function's own name. */
  name?: string;
}

export interface Jitted<Inputs, Outputs> {
  /**
   * Runs the function. The caller owns the inputs and the results. Calls run one after another, in
   * the order in which they were made.
   */
  (inputs: Inputs): Promise<Outputs>;
  readonly engine: Engine;
  /**
   * Runs the function on one input after the other, as that many calls would; inputs have the same
   * shapes. Engine `onnx-cuda`, which otherwise brings variables to the card and back for every
   * call, leaves them there meanwhile.
   *
   * @returns the results of each, in order
   * @throws if the shapes of an input are not those of the first
   */
  series(inputs: readonly Inputs[]): Promise<Outputs[]>;
  /**
   * What a call with inputs of these shapes does, one line for each kernel. Traces the function if
   * need be, and runs nothing.
   */
  printGraph(inputs: Inputs): Promise<string>;
  /**
   * Measures a few runs: which runtime, layout and threads are in use, how much memory, and what
   * each kernel costs. No variable changes.
   *
   * @throws unless the engine is `onnx`
   */
  explain(inputs: Inputs): Promise<Explanation>;
  /**
   * Frees the compiled forms, once the calls that were made before are done. Variables stay and
   * keep their values. A later call compiles anew.
   */
  dispose(): Promise<void>;
}

interface Traced {
  graph: Trace;
  results: Flattened;
}

interface Compiled extends Traced {
  program: CompiledFunction;
}

/** Compiled forms of one function that are kept, the most recently used ones. */
const KEPT = 32;
/** Compilations of one function that are no longer normal. */
const CHURN = 10;

/** Compiled functions share variables, so their runs must not overlap. */
let previous: Promise<unknown> = Promise.resolve();

function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const result = previous.then(work, work);
  previous = result.catch(() => undefined);
  return result;
}

/**
 * Makes a fast version of an ordinary TensorFlow.js function. Its first call with inputs of new
 * shapes runs the function once on symbols and compiles what it does, gradients and assignments to
 * variables included; later calls run the compiled form and never enter the function again.
 *
 * Variables, layers and optimisers may be made in the first call: their initial values are computed
 * once, on TensorFlow.js's current backend. Such a call is compiled for itself, and the next call
 * enters the function again.
 *
 * Everything that the function reads besides its inputs and variables is frozen when it is traced:
 * pass learning rates, step numbers and random draws as tensors. It is traced again when a tensor
 * that it captured has been disposed or a setting of a TensorFlow.js optimiser has changed.
 *
 * @param fn takes and returns tensors in plain objects and arrays, nested at will
 * @throws if `mixedPrecision` is asked of an engine without it; (on the first call) with the line
 *   in question, if the function reads a tensor's value, draws random numbers, or calls a kernel
 *   that has no compiled form
 */
export function jit<Inputs, Outputs>(
  fn: (inputs: Inputs) => Outputs,
  options: JitOptions = {},
): Jitted<Inputs, Outputs> {
  const engine = options.engine ?? 'onnx';
  const name = options.name ?? (fn.name || 'the function');
  if (options.mixedPrecision && engine !== 'tensorflow') {
    throw new Error(
      `jit: mixedPrecision needs engine 'tensorflow', but ${name} has engine '${engine}'. Leave the option out, or change the engine.`,
    );
  }
  /** By form of the input, the most recently used last. */
  const compiled = new Map<string, Compiled>();
  /** The first forms that the function was compiled for, until there is reason to warn. */
  const forms: InputForm[] = [];

  const traceFor = (flat: Flattened): Traced => {
    let results: Flattened | undefined;
    try {
      const graph = trace(flat.tensors, (symbols) => {
        results = flatten(fn(flat.rebuild(symbols) as Inputs), 'the result');
        return results.tensors;
      });
      return { graph, results: results! };
    } catch (error) {
      throw describeMissingKernel(error, `jit: ${name}`, "run the function with engine: 'eager'");
    }
  };

  const forget = async (key: string): Promise<void> => {
    const entry = compiled.get(key);
    compiled.delete(key);
    await entry?.program.release();
  };

  const warnOnChurn = (flat: Flattened) => {
    if (forms.length === CHURN || forms.push(inputForm(flat)) < CHURN) return;
    process.emitWarning(churnWarning(name, forms, KEPT), 'JitWarning');
  };

  const known = (flat: Flattened): Compiled | undefined => {
    const entry = compiled.get(flat.key);
    return entry && isCurrent(entry.graph) ? entry : undefined;
  };

  const compile = async (flat: Flattened, target: Target): Promise<Compiled> => {
    await forget(flat.key);
    const traced = traceFor(flat);
    if (traced.graph.created.length === 0) warnOnChurn(flat);
    try {
      return { ...traced, program: await target(traced.graph, options) };
    } catch (error) {
      throw describeMissingKernel(error, `jit: ${name}`, "run the function with engine: 'eager'");
    }
  };

  const keep = async (key: string, entry: Compiled): Promise<void> => {
    compiled.delete(key);
    compiled.set(key, entry);
    if (compiled.size > KEPT) await forget(compiled.keys().next().value!);
  };

  /** As many of a series as one compiled form can run together, at least the first. */
  const runCompiled = async (series: readonly Flattened[], target: Target): Promise<Outputs[]> => {
    const [flat] = series;
    const entry = known(flat) ?? (await compile(flat, target));
    const { program, graph, results } = entry;
    const lasting = graph.created.length === 0;
    if (lasting) await keep(flat.key, entry);
    try {
      const tensors =
        lasting && program.runSeries
          ? await program.runSeries(series.map(({ tensors }) => tensors))
          : [await program.run(flat.tensors)];
      return tensors.map((each) => {
        countSteps(graph.optimizers);
        return results.rebuild(each) as Outputs;
      });
    } finally {
      if (!lasting) await program.release();
    }
  };

  const runSeries = async (inputs: readonly Inputs[], target: Target): Promise<Outputs[]> => {
    const series = inputs.map((input) => flatten(input, 'the input'));
    const other = series.findIndex(({ key }) => key !== series[0].key);
    if (other > 0) {
      throw new Error(
        `jit: input ${other} of a series of ${name} has other shapes than the first. Call the function for each.`,
      );
    }
    const outputs: Outputs[] = [];
    while (outputs.length < series.length) outputs.push(...(await runCompiled(series.slice(outputs.length), target)));
    return outputs;
  };

  const runEagerly = async (inputs: Inputs): Promise<Outputs> => {
    let results: Flattened | undefined;
    tidy(() => {
      results = flatten(fn(inputs), 'the result');
      return results.tensors as TensorContainer;
    });
    return results!.rebuild(results!.tensors) as Outputs;
  };

  const series = (inputs: readonly Inputs[]): Promise<Outputs[]> => {
    if (isTracing())
      throw new Error(
        `jit: ${name} is called${userLine()} while another compiled function is traced. Call the plain function there.`,
      );
    return inTurn(async () => {
      await ready();
      if (engine !== 'eager') return runSeries(inputs, targets[engine]);
      const outputs: Outputs[] = [];
      for (const input of inputs) outputs.push(await complainingFor('eager', () => runEagerly(input)));
      return outputs;
    });
  };
  const call = (inputs: Inputs): Promise<Outputs> => series([inputs]).then(([outputs]) => outputs);
  const print = (inputs: Inputs) =>
    inTurn(async () => {
      await ready();
      const flat = flatten(inputs, 'the input');
      return printGraph((known(flat) ?? traceFor(flat)).graph);
    });
  const explain = (inputs: Inputs) =>
    inTurn(async () => {
      if (engine !== 'onnx')
        throw new Error(
          `jit: explain measures what engine 'onnx' runs; ${name} has engine '${engine}', which tells nothing of its parts.`,
        );
      await ready();
      const flat = flatten(inputs, 'the input');
      const kept = known(flat)?.program;
      const program = kept ?? (await targets[engine](traceFor(flat).graph, options));
      try {
        return await program.explain!(flat.tensors);
      } finally {
        if (!kept) await program.release();
      }
    });
  const dispose = () =>
    inTurn(async () => {
      await Promise.all([...compiled.keys()].map(forget));
    });
  return Object.assign(call, { engine, series, printGraph: print, explain, dispose });
}
