import { KernelBackend, engine, registerBackend, registerKernel } from '@tensorflow/tfjs-core';
import type { BackendValues, DataId, DataType, Tensor, TensorInfo, TypedArray } from '@tensorflow/tfjs-core';
import type { Node, Value } from './graph.ts';
import { KERNELS } from './kernels/index.ts';
import { kernelFunctions } from './kernels/kernel-functions.ts';
import { disposedError } from './disposed-error.ts';
import { randomDrawError } from './random-draw-error.ts';
import { userLine } from './user-line.ts';
import { valueReadError } from './value-read-error.ts';

/** The name under which the recorder is registered with TensorFlow.js. */
export const RECORDER = 'jit';

/** What one trace has seen so far. */
export interface Recording {
  readonly nodes: Node[];
  readonly constants: { value: Value; data: TypedArray }[];
  /** Where random numbers were drawn that no tensor holds yet. */
  draw: string | undefined;
  /** For constants made of random numbers: where those were drawn. */
  readonly drawn: Map<Value, string>;
  /** The first error that went into a promise, where nobody may be looking. */
  fault: unknown;
  /**
   * The value behind a tensor that the trace did not make: a variable, or a constant captured from
   * outside.
   */
  foreign(tensor: TensorInfo): Value;
  newValue(shape: readonly number[], dtype: DataType): Value;
}

/** A tensor's content: recorded while tracing, or numbers held for the engine between two runs. */
type Entry =
  | { kind: 'symbol'; value: Value }
  | { kind: 'host'; values: TypedArray; shape: readonly number[]; dtype: DataType; draw?: string; value?: Value }
  | { kind: 'device'; read: () => TypedArray; release: () => void };

/**
 * The TensorFlow.js backend that computes nothing. While a function is traced its kernels are
 * written down; between runs it is where the newest values of variables live, so that TensorFlow.js
 * itself fetches them from here when somebody reads one.
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
    this.references.set(dataId, 1);
    this.entries.set(dataId, { kind: 'symbol', value });
    return { dataId, shape: [...value.shape], dtype: value.dtype };
  }

  /**
   * A tensor whose numbers are held elsewhere: copied out when somebody asks for them, let go when
   * nobody can any more.
   */
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
    if (!recording) throw new Error(`jit: a traced tensor is used after its function has returned${userLine()}`);
    if (entry === undefined || entry.kind === 'device') return recording.foreign(tensor);
    if (this.made.has(dataId) && this.refCount(dataId) === 0) throw disposedError(tensor);
    if (entry.kind === 'symbol') return entry.value;
    if (!entry.value) {
      entry.value = recording.newValue(entry.shape, entry.dtype);
      recording.constants.push({ value: entry.value, data: entry.values });
      if (entry.draw) recording.drawn.set(entry.value, entry.draw);
    }
    return entry.value;
  }

  /** A variable takes over the data, whose tensor may be disposed from now on. */
  retain(dataId: DataId): void {
    if (this.made.has(dataId)) this.incRef(dataId);
  }

  /** A variable lets go of data that it had retained. */
  release(dataId: DataId): void {
    if (this.made.has(dataId) && this.disposeData(dataId)) engine().removeDataId(dataId, this);
  }

  /**
   * Forgets everything that belongs to the finished trace. Tensors of known numbers that the
   * function keeps for later go over to `heir`.
   */
  endRecording(heir: KernelBackend): void {
    this.recording = undefined;
    for (const dataId of this.made) {
      const entry = this.entries.get(dataId);
      const info = engine().state.tensorInfo.get(dataId);
      if (entry?.kind === 'host' && info && this.refCount(dataId) > 0) {
        info.backend = heir;
        heir.move(dataId, entry.values, [...entry.shape], entry.dtype, this.refCount(dataId));
      }
      this.entries.delete(dataId);
      this.references.delete(dataId);
    }
    this.made.clear();
  }

  override readSync(dataId: DataId): BackendValues {
    const entry = this.entries.get(dataId);
    if (entry?.kind === 'device') return entry.read();
    if (entry?.kind === 'host' && !(this.recording && entry.draw)) return entry.values;
    if (entry?.kind === 'host') throw randomDrawError(entry.draw!);
    if (entry?.kind === 'symbol') throw valueReadError();
    throw new Error(
      `jit: a tensor that a function made while it was traced is used after the function has returned${userLine()}. It stands for a value that is computed in ` +
        'each call: return it from the function and read the result.',
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
    const { recording } = this;
    if (recording) this.made.add(dataId);
    this.entries.set(dataId, { kind: 'host', values: values as TypedArray, shape, dtype, draw: recording?.draw });
    this.references.set(dataId, references);
    if (recording) recording.draw = undefined;
  }

  override refCount(dataId: DataId): number {
    return this.references.get(dataId) ?? 0;
  }

  override incRef(dataId: DataId): void {
    this.references.set(dataId, this.refCount(dataId) + 1);
  }

  override disposeData(dataId: DataId, force = false): boolean {
    const left = force ? 0 : Math.max(0, this.refCount(dataId) - 1);
    this.references.set(dataId, left);
    if (left > 0) return false;
    // The trace remembers what was disposed, to tell whoever uses it again.
    if (this.made.has(dataId)) return true;
    const entry = this.entries.get(dataId);
    if (entry?.kind === 'device') entry.release();
    this.entries.delete(dataId);
    this.references.delete(dataId);
    return true;
  }

  override numDataIds(): number {
    // TensorFlow.js looks for leaks by comparing this before and after each kernel; a trace keeps
    // everything on purpose.
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

/**
 * The one recorder of this process, registered with TensorFlow.js the first time it is asked for.
 */
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

/** Whether a function is being traced right now. */
export const isTracing = (): boolean => instance?.recording !== undefined;
