import {
  Optimizer,
  Tensor,
  Variable,
  dispose,
  engine,
  getBackend,
  tensor as tensorOf,
  tidy,
  util,
} from '@tensorflow/tfjs-core';
import type { BackendValues, DataId, DataType, TypedArray } from '@tensorflow/tfjs-core';
import { arrayOfType } from './array-of-type.ts';
import { bytesOf } from './byte-tensor.ts';
import { disposedError } from './disposed-error.ts';
import { evaluateEagerly } from './evaluate-eagerly.ts';
import type { Graph, Input, Value } from './graph.ts';
import { optimizerSettings } from './optimizer-settings.ts';
import { randomDrawError } from './random-draw-error.ts';
import type { Recording } from './recorder.ts';
import { RECORDER, recorder } from './recorder.ts';
import { replaceProperty } from './replace-property.ts';
import { tracedRandom } from './traced-random.ts';
import { userLine } from './user-line.ts';
import { valueReadError } from './value-read-error.ts';
import { withStepsOfRelus } from './passes/with-steps-of-relus.ts';
import { withoutDeadNodes } from './passes/without-dead-nodes.ts';
import { withoutIdentities } from './passes/without-identities.ts';
import { withoutRepeats } from './passes/without-repeats.ts';

/** A graph, and what it takes for granted. */
export interface Trace extends Graph {
  /**
   * Variables that the function made. When there are some, the next call may do other things than
   * this one did.
   */
  readonly created: readonly Variable[];
  /** The data of tensors from outside that are constants of the graph. */
  readonly captured: readonly DataId[];
  /**
   * TensorFlow.js's optimisers that the function used, one entry for each step that they take, with
   * the settings that are frozen into the graph.
   */
  readonly optimizers: readonly { optimizer: Optimizer; settings: string }[];
}

/**
 * Two variables may share one buffer after `a.assign(b)`; the trace must be able to tell them
 * apart.
 */
function separateSharedVariables(variables: readonly Variable[]): void {
  const seen = new Set<DataId>();
  for (const variable of variables) {
    if (seen.has(variable.dataId)) {
      const copy = tensorOf(variable.dataSync().slice(), variable.shape, variable.dtype);
      variable.assign(copy);
      copy.dispose();
    }
    seen.add(variable.dataId);
  }
}

/** What a gradient that failed halfway has saved for its way back. */
function disposeTape(): void {
  const { state } = engine();
  dispose((state.activeTape ?? []).flatMap(({ saved }) => saved ?? []));
  state.activeTape = [];
}

/** Both switches take effect at once: neither backend needs an asynchronous start. */
function onBackend<T>(name: string, work: () => T): T {
  const outer = getBackend();
  void engine().setBackend(name);
  try {
    return work();
  } finally {
    void engine().setBackend(outer);
  }
}

/**
 * Runs `fn` once on symbols and writes down the kernels that it calls, its gradients and
 * assignments included. No variable's value changes. Variables that `fn` creates exist afterwards,
 * with the initial values that they would have got on the current backend.
 *
 * @param inputs the tensors whose shapes and types the graph is for, in the order in which `fn`
 *   receives them; their values matter only where the initial value of a new variable depends on
 *   them
 * @param fn gets one symbolic tensor for each input and returns the tensors to compute
 * @throws with the line of the caller's code, if `fn` reads a value that is not known yet, draws
 *   random numbers or uses a disposed tensor
 */
export function trace(
  inputs: readonly (Tensor | { shape: readonly number[]; dtype: DataType })[],
  fn: (symbols: Tensor[]) => Tensor[],
): Trace {
  const backend = recorder();
  const tensorflow = engine();
  const outer = getBackend();
  const variables = Object.values(tensorflow.registeredVariables);
  separateSharedVariables(variables);

  let count = 0;
  const newValue = (shape: readonly number[], dtype: DataType): Value => ({ id: count++, shape: [...shape], dtype });
  const owners = new Map(variables.map((variable) => [variable.dataId, variable]));
  const states = new Map<Variable, Value>();
  const captured = new Map<DataId, Map<string, Value>>();
  const stateOf = (variable: Variable): Value => {
    let value = states.get(variable);
    if (!value) states.set(variable, (value = newValue(variable.shape, variable.dtype)));
    return value;
  };
  const dataBehind = (dataId: DataId): TypedArray | undefined =>
    tensorflow.state.tensorInfo.get(dataId)?.backend.readSync(dataId) as TypedArray | undefined;
  const recording: Recording = {
    nodes: [],
    constants: [],
    draw: undefined,
    drawn: new Map(),
    fault: undefined,
    newValue,
    foreign(info) {
      const { dataId, shape, dtype } = info;
      const owner = owners.get(dataId);
      if (owner?.isDisposed) throw disposedError(owner);
      if (owner && owner.dtype === dtype && util.arraysEqual(owner.shape, shape)) return stateOf(owner);
      // Reshaping and casting outside leave one buffer with several faces.
      const face = `${dtype}[${shape}]`;
      let faces = captured.get(dataId);
      if (!faces) captured.set(dataId, (faces = new Map()));
      let value = faces.get(face);
      if (!value) {
        const data = dataBehind(dataId);
        if (!data) throw disposedError(info);
        faces.set(face, (value = newValue(shape, dtype)));
        recording.constants.push({ value, data: arrayOfType(data, dtype) });
      }
      return value;
    },
  };

  /** The data that assigned variables had before the trace. */
  const before = new Map<Variable, DataId>();
  const recordAssignment = function (this: Variable, next: Tensor): void {
    if (next.dtype !== this.dtype || !util.arraysEqual(next.shape, this.shape)) {
      throw new Error(
        `jit: variable ${this.name} is [${this.shape}] ${this.dtype} and cannot be assigned a tensor [${next.shape}] ${next.dtype}${userLine()}`,
      );
    }
    backend.valueBehind(next);
    backend.retain(next.dataId);
    if (before.has(this)) backend.release(this.dataId);
    else before.set(this, this.dataId);
    this.dataId = next.dataId;
  };

  const inputValues = inputs.map((input): Input => {
    const isBytes = input instanceof Tensor && bytesOf(input) !== undefined;
    return { ...newValue(input.shape, input.dtype), isBytes };
  });
  /** The tensor behind a value that no node computes. */
  const givenTensor = (value: Value): Tensor => {
    const input = inputs[inputValues.indexOf(value)];
    const constant = recording.constants.find((candidate) => candidate.value === value);
    const variable = [...states].find(([, state]) => state === value)?.[0];
    const dataId = input instanceof Tensor ? input.dataId : variable && (before.get(variable) ?? variable.dataId);
    const data = constant?.data ?? (dataId && dataBehind(dataId));
    if (!data)
      throw new Error(`jit: a variable's initial value depends on an input whose value is unknown${userLine()}`);
    return tensorOf(data.slice(), [...value.shape], value.dtype);
  };
  const created: Variable[] = [];
  const { makeVariable, readSync } = tensorflow;
  const createVariable = (initial: Tensor, trainable?: boolean, name?: string, dtype?: DataType): Variable => {
    const value = backend.valueBehind(initial);
    const variable = onBackend(outer, () =>
      tidy(() =>
        makeVariable.call(tensorflow, evaluateEagerly(value, recording.nodes, givenTensor), trainable, name, dtype),
      ),
    );
    owners.set(variable.dataId, variable);
    created.push(variable);
    return variable;
  };
  const readWhatIsKnown = (dataId: DataId): BackendValues => {
    if (owners.has(dataId)) throw valueReadError();
    return readSync.call(tensorflow, dataId);
  };
  const readLater = async (dataId: DataId): Promise<BackendValues> => {
    try {
      return readWhatIsKnown(dataId);
    } catch (error) {
      // The error is for the trace to throw: this promise may be one that nobody awaits.
      recording.fault ??= error;
      return new Promise<never>(() => {});
    }
  };
  const optimizers: { optimizer: Optimizer; settings: string }[] = [];
  const countStep = function (this: Optimizer): void {
    optimizers.push({ optimizer: this, settings: optimizerSettings(this) });
  };

  const undo = [
    replaceProperty(Error, 'stackTraceLimit', 100),
    replaceProperty(
      Math,
      'random',
      tracedRandom(Math.random, (stack) => (recording.draw = stack)),
    ),
    replaceProperty(Variable.prototype, 'assign', recordAssignment),
    replaceProperty(tensorflow, 'makeVariable', createVariable),
    replaceProperty(tensorflow, 'readSync', readWhatIsKnown),
    replaceProperty(tensorflow, 'read', readLater),
    replaceProperty(Optimizer.prototype, 'incrementIterations', countStep),
  ];
  let outputs: Value[];
  const next = new Map<Variable, Value>();
  backend.recording = recording;
  void tensorflow.setBackend(RECORDER);
  tensorflow.startScope('jit');
  try {
    const symbols = inputValues.map((value) => tensorflow.makeTensorFromTensorInfo(backend.symbol(value), backend));
    outputs = fn(symbols).map((output) => backend.valueBehind(output));
    if (recording.fault) throw recording.fault;
    for (const variable of before.keys()) next.set(variable, backend.valueBehind(variable));
  } catch (error) {
    throw recording.fault ?? error;
  } finally {
    for (const [variable, dataId] of before) {
      backend.release(variable.dataId);
      variable.dataId = dataId;
    }
    disposeTape();
    tensorflow.endScope();
    undo.forEach((restore) => restore());
    void tensorflow.setBackend(outer);
    backend.endRecording(tensorflow.backend);
  }

  for (const variable of next.keys()) stateOf(variable);
  const recorded: Graph = {
    inputs: inputValues,
    constants: recording.constants,
    states: [...states].map(([variable, value]) => ({ variable, value, next: next.get(variable) })),
    nodes: recording.nodes,
    outputs,
  };
  const passes = [withoutIdentities, withoutRepeats, withStepsOfRelus, withoutDeadNodes];
  const graph = passes.reduce((before, pass) => pass(before), recorded);
  const constants = new Set(graph.constants.map(({ value }) => value));
  for (const [value, stack] of recording.drawn) if (constants.has(value)) throw randomDrawError(stack);
  const isUsed = (faces: Map<string, Value>) => [...faces.values()].some((value) => constants.has(value));
  return {
    ...graph,
    created,
    captured: [...captured].filter(([, faces]) => isUsed(faces)).map(([dataId]) => dataId),
    optimizers,
  };
}
