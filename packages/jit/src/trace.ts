import { Tensor, Variable, dispose, engine, getBackend, keep, tensor, util } from '@tensorflow/tfjs-core';
import type { DataId, DataType, TypedArray } from '@tensorflow/tfjs-core';
import { arrayOfType } from './array-of-type.ts';
import type { Graph, Value } from './graph.ts';
import type { Recording } from './recorder.ts';
import { RECORDER, recorder } from './recorder.ts';
import { withoutDeadNodes } from './passes/without-dead-nodes.ts';
import { withoutRepeats } from './passes/without-repeats.ts';

/** Two variables may share one buffer after `a.assign(b)`; the trace must be able to tell them apart. */
function separateSharedVariables(variables: readonly Variable[]): void {
  const seen = new Set<DataId>();
  for (const variable of variables) {
    if (seen.has(variable.dataId)) {
      const copy = tensor(variable.dataSync().slice(), variable.shape, variable.dtype);
      variable.assign(copy);
      copy.dispose();
    }
    seen.add(variable.dataId);
  }
}

/**
 * Runs `fn` once on symbols and writes down the kernels that it calls, its gradients and assignments included. No variable's value changes.
 *
 * @param inputs the tensors whose shapes and types the graph is for, in the order in which `fn` receives them
 * @param fn gets one symbolic tensor for each input and returns the tensors to compute
 */
export function trace(
  inputs: readonly { shape: readonly number[]; dtype: DataType }[],
  fn: (symbols: Tensor[]) => Tensor[],
): Graph {
  const backend = recorder();
  if (backend.recording)
    throw new Error('jit: a compiled function is called inside the tracing of another. Call the plain function there.');
  const variables = Object.values(engine().registeredVariables);
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
  const recording: Recording = {
    nodes: [],
    constants: [],
    newValue,
    foreign({ dataId, shape, dtype }) {
      const owner = owners.get(dataId);
      if (owner && owner.dtype === dtype && util.arraysEqual(owner.shape, shape)) return stateOf(owner);
      // Reshaping and casting outside leave one buffer with several faces.
      const face = `${dtype}[${shape}]`;
      let faces = captured.get(dataId);
      if (!faces) captured.set(dataId, (faces = new Map()));
      let value = faces.get(face);
      if (!value) {
        const info = engine().state.tensorInfo.get(dataId);
        if (!info) throw new Error('jit: the function uses a tensor that has been disposed');
        faces.set(face, (value = newValue(shape, dtype)));
        recording.constants.push({ value, data: arrayOfType(info.backend.readSync(dataId) as TypedArray, dtype) });
      }
      return value;
    },
  };

  const before = new Map<Variable, DataId>();
  const assign = Variable.prototype.assign;
  const recordAssignment = function (this: Variable, next: Tensor): void {
    if (next.dtype !== this.dtype || !util.arraysEqual(next.shape, this.shape)) {
      throw new Error(
        `jit: variable ${this.name} is [${this.shape}] ${this.dtype} and cannot be assigned a tensor [${next.shape}] ${next.dtype}`,
      );
    }
    if (!owners.has(before.get(this) ?? this.dataId)) {
      throw new Error(
        `jit: variable ${this.name} is created inside the function. Create variables before the first call.`,
      );
    }
    if (!before.has(this)) before.set(this, this.dataId);
    this.dataId = next.dataId;
  };

  const inputValues = inputs.map(({ shape, dtype }) => newValue(shape, dtype));
  const outer = getBackend();
  let outputs: Value[];
  const next = new Map<Variable, Value>();
  backend.recording = recording;
  // Both take effect at once: the recorder needs no asynchronous start.
  void engine().setBackend(RECORDER);
  Variable.prototype.assign = recordAssignment;
  engine().startScope('jit');
  try {
    const symbols = inputValues.map((value) => keep(engine().makeTensorFromTensorInfo(backend.symbol(value), backend)));
    outputs = fn(symbols).map((output) => backend.valueBehind(output));
    for (const variable of before.keys()) next.set(variable, backend.valueBehind(variable));
    dispose(symbols);
  } finally {
    for (const [variable, dataId] of before) variable.dataId = dataId;
    engine().endScope();
    Variable.prototype.assign = assign;
    backend.endRecording();
    void engine().setBackend(outer);
  }

  for (const variable of next.keys()) stateOf(variable);
  const graph: Graph = {
    inputs: inputValues,
    constants: recording.constants,
    states: [...states].map(([variable, value]) => ({ variable, value, next: next.get(variable) })),
    nodes: recording.nodes,
    outputs,
  };
  return withoutDeadNodes(withoutRepeats(graph));
}
