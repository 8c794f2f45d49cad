import { KernelBackend, engine, registerBackend, registerKernel } from '@tensorflow/tfjs-core';
import type { BackendValues, DataId, DataType, Tensor, TensorInfo, TypedArray } from '@tensorflow/tfjs-core';
import type { Node, Value } from './graph.ts';
import { KERNELS } from './kernels/index.ts';
import { kernelFunctions } from './kernels/kernel-functions.ts';

/** The name under which the recorder is registered with TensorFlow.js. */
export const RECORDER = 'jit';

/** What one trace has seen so far. */
export interface Recording {
  readonly nodes: Node[];
  readonly constants: { value: Value; data: TypedArray }[];
  /** The value behind a tensor that the trace did not make: a variable, or a constant captured from outside. */
  foreign(tensor: TensorInfo): Value;
  newValue(shape: readonly number[], dtype: DataType): Value;
}

/** A tensor's content: recorded while tracing, or numbers held for the engine between two runs. */
type Entry =
  | { kind: 'symbol'; value: Value }
  | { kind: 'host'; values: TypedArray; shape: readonly number[]; dtype: DataType; value?: Value }
  | { kind: 'device'; read: () => TypedArray; release: () => void };

/**
 * The TensorFlow.js backend that computes nothing. While a function is traced its kernels are written down; between runs it is where the newest values of
 * variables live, so that TensorFlow.js itself fetches them from here when somebody reads one.
 */
class Recorder extends KernelBackend {
  recording: Recording | undefined;
  private readonly entries = new Map<DataId, Entry>();
  /** The tensors that belong to the running trace. */
  private readonly made = new Set<DataId>();
  private readonly references = new Map<DataId, number>();

  /** A tensor that stands for `value`. */
  symbol(value: Value): TensorInfo {
    const dataId = {};
    this.made.add(dataId);
    this.entries.set(dataId, { kind: 'symbol', value });
    return { dataId, shape: [...value.shape], dtype: value.dtype };
  }

  /** A tensor whose numbers are held elsewhere: copied out when somebody asks for them, let go when nobody can any more. */
  device(shape: readonly number[], dtype: DataType, read: () => TypedArray, release: () => void): Tensor {
    const dataId = {};
    this.entries.set(dataId, { kind: 'device', read, release });
    this.references.set(dataId, 1);
    return engine().makeTensorFromTensorInfo({ dataId, shape: [...shape], dtype }, this);
  }

  valueBehind(tensor: TensorInfo): Value {
    const { dataId } = tensor;
    const entry = this.entries.get(dataId);
    const recording = this.recording;
    if (!recording) throw new Error('jit: a traced tensor is used after its function has returned');
    if (entry === undefined || entry.kind === 'device') return recording.foreign(tensor);
    if (entry.kind === 'symbol') return entry.value;
    if (!entry.value) {
      entry.value = recording.newValue(entry.shape, entry.dtype);
      recording.constants.push({ value: entry.value, data: entry.values });
    }
    return entry.value;
  }

  /** Forgets everything that belongs to the finished trace. */
  endRecording(): void {
    this.recording = undefined;
    for (const dataId of this.made) {
      this.entries.delete(dataId);
      this.references.delete(dataId);
    }
    this.made.clear();
  }

  override readSync(dataId: DataId): BackendValues {
    const entry = this.entries.get(dataId);
    if (entry?.kind === 'host') return entry.values;
    if (entry?.kind === 'device') return entry.read();
    throw new Error(
      "jit: a tensor's value is read inside a traced function, where tensors have no values yet (dataSync, arraySync, data, print, or a branch on one). " +
        "Return the tensor and read it outside, or run this function with engine: 'eager'. The line is in the stack below.",
    );
  }

  override async read(dataId: DataId): Promise<BackendValues> {
    return this.readSync(dataId);
  }

  override write(values: BackendValues, shape: number[], dtype: DataType): DataId {
    const dataId = {};
    this.move(dataId, values, shape, dtype, 1);
    return dataId;
  }

  override move(dataId: DataId, values: BackendValues, shape: number[], dtype: DataType, references: number): void {
    if (this.recording) this.made.add(dataId);
    this.entries.set(dataId, { kind: 'host', values: values as TypedArray, shape, dtype });
    this.references.set(dataId, references);
  }

  override refCount(dataId: DataId): number {
    return this.references.get(dataId) ?? 0;
  }

  override incRef(dataId: DataId): void {
    this.references.set(dataId, this.refCount(dataId) + 1);
  }

  override disposeData(dataId: DataId, force = false): boolean {
    // While tracing, what a disposed tensor stands for may still be an input of a later node; endRecording forgets it.
    if (this.made.has(dataId) && !force) return true;
    const left = this.refCount(dataId) - 1;
    if (left > 0 && !force) {
      this.references.set(dataId, left);
      return false;
    }
    const entry = this.entries.get(dataId);
    if (entry?.kind === 'device') entry.release();
    this.entries.delete(dataId);
    this.references.delete(dataId);
    return true;
  }

  override numDataIds(): number {
    // TensorFlow.js looks for leaks by comparing this before and after each kernel; a trace keeps everything on purpose.
    return this.recording ? 0 : this.entries.size;
  }

  override memory(): { unreliable: boolean } {
    return { unreliable: true };
  }

  override floatPrecision(): 16 | 32 {
    return 32;
  }

  override epsilon(): number {
    return 1e-7;
  }

  override dispose(): void {
    this.entries.clear();
  }
}

export type { Recorder };

let instance: Recorder | undefined;

/** The one recorder of this process, registered with TensorFlow.js the first time it is asked for. */
export function recorder(): Recorder {
  if (instance) return instance;
  const backend = new Recorder();
  registerBackend(RECORDER, () => backend, 0);
  // TensorFlow.js initialises a backend when it is first looked up by name.
  engine().findBackend(RECORDER);
  const functions = kernelFunctions({
    record: (kernel, inputs, attrs) => record(kernel, inputs, attrs, backend),
    constant: (values, shape, dtype) => ({
      dataId: backend.write(values, [...shape], dtype),
      shape: [...shape],
      dtype,
    }),
  });
  for (const [kernelName, kernelFunc] of Object.entries(functions))
    registerKernel({ kernelName, backendName: RECORDER, kernelFunc });
  return (instance = backend);
}

function record(
  kernelName: string,
  inputs: Readonly<Record<string, TensorInfo | undefined>>,
  attrs: unknown,
  backend: Recorder,
): TensorInfo[] {
  const recording = backend.recording;
  if (!recording) throw new Error(`jit: ${kernelName} is called on the recorder outside of a trace`);
  const values: Record<string, Value> = {};
  for (const [name, input] of Object.entries(inputs)) if (input) values[name] = backend.valueBehind(input);
  const outputs = KERNELS[kernelName]
    .infer(values, attrs as never)
    .map(({ shape, dtype }) => recording.newValue(shape, dtype));
  recording.nodes.push({ kernel: kernelName, inputs: values, attrs, outputs });
  return outputs.map((output) => backend.symbol(output));
}
