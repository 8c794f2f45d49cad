import { KernelBackend, dispose, tensor } from '@tensorflow/tfjs-core';
import type { BackendValues, DataId, DataType, Tensor, TensorInfo, TypedArray } from '@tensorflow/tfjs-core';
import { KERNELS } from '@segsde/jit/internal';
import type { Graph, Node, Value } from '@segsde/jit/internal';

/** Makes a graph runnable: what a target of jit offers. */
export type Compile = (graph: Graph) => Promise<{
  run(inputs: readonly Tensor[]): Promise<Tensor[]>;
  release(): Promise<void>;
}>;

/** One tensor's content: numbers, or the call that will make them. */
interface Cell {
  readonly value: Value;
  numbers?: BackendValues;
  madeBy?: { node: Node; inputs: readonly Cell[] };
}

/**
 * What has to run before `cell` has numbers, in order, and the cells with numbers that it needs.
 */
function historyOf(cell: Cell): { nodes: Node[]; given: Cell[] } {
  const nodes = new Set<Node>();
  const given = new Set<Cell>();
  const seen = new Set<Cell>();
  const visit = (current: Cell) => {
    if (seen.has(current)) return;
    seen.add(current);
    if (!current.madeBy) return void given.add(current);
    current.madeBy.inputs.forEach(visit);
    nodes.add(current.madeBy.node);
  };
  visit(cell);
  return { nodes: [...nodes], given: [...given] };
}

/**
 * A TensorFlow.js backend that writes kernels down until somebody reads a tensor; then it compiles
 * what the tensor depends on and runs it. Unlike the recorder of `jit` it has no end of tracing, so
 * that tests which know nothing of compiling can run on it.
 */
export class LazyBackend extends KernelBackend {
  /** The kernels called since somebody emptied this. */
  readonly called = new Set<string>();
  private readonly cells = new Map<DataId, Cell>();
  private readonly references = new Map<DataId, number>();
  private readonly compile: Compile;
  private count = 0;

  constructor(compile: Compile) {
    super();
    this.compile = compile;
  }

  record(kernel: string, inputs: Readonly<Record<string, TensorInfo | undefined>>, attrs: unknown): TensorInfo[] {
    const named = Object.entries(inputs).flatMap(([name, input]) =>
      input ? [[name, this.cellOf(input)] as const] : [],
    );
    const values = Object.fromEntries(named.map(([name, { value }]) => [name, value]));
    const outputs = KERNELS[kernel]
      .infer(values, attrs as never)
      .map(({ shape, dtype }): Value => ({ id: this.count++, shape: [...shape], dtype }));
    const madeBy = { node: { kernel, inputs: values, attrs, outputs }, inputs: named.map(([, cell]) => cell) };
    return outputs.map((value) => this.hold({ value, madeBy }));
  }

  constant(numbers: TypedArray, shape: readonly number[], dtype: DataType): TensorInfo {
    return this.hold({ value: { id: this.count++, shape, dtype }, numbers });
  }

  /** Runs a kernel and forgets the tensors that it made on the way to its results. */
  withoutRemains<T extends TensorInfo | TensorInfo[]>(kernel: () => T): T {
    const before = new Set(this.cells.keys());
    const results = kernel();
    const kept = new Set([results].flat().map(({ dataId }) => dataId));
    for (const dataId of this.cells.keys())
      if (!before.has(dataId) && !kept.has(dataId)) this.disposeData(dataId, true);
    return results;
  }

  override async read(dataId: DataId): Promise<BackendValues> {
    const cell = this.cells.get(dataId)!;
    if (!cell.numbers) {
      cell.numbers = await this.compute(cell);
      delete cell.madeBy;
    }
    return cell.numbers;
  }

  override readSync(dataId: DataId): BackendValues {
    const { numbers } = this.cells.get(dataId)!;
    if (!numbers)
      throw new Error('conformance: a computed tensor is read synchronously; engines compute asynchronously');
    return numbers;
  }

  override write(values: BackendValues, shape: number[], dtype: DataType): DataId {
    return this.hold({ value: { id: this.count++, shape, dtype }, numbers: values }).dataId;
  }

  override move(dataId: DataId, numbers: BackendValues, shape: number[], dtype: DataType, references: number): void {
    this.cells.set(dataId, { value: { id: this.count++, shape, dtype }, numbers });
    this.references.set(dataId, references);
  }

  override refCount(dataId: DataId): number {
    return this.references.get(dataId) ?? 0;
  }

  override incRef(dataId: DataId): void {
    this.references.set(dataId, this.refCount(dataId) + 1);
  }

  override disposeData(dataId: DataId, force = false): boolean {
    const left = this.refCount(dataId) - 1;
    this.references.set(dataId, left);
    if (left > 0 && !force) return false;
    this.cells.delete(dataId);
    this.references.delete(dataId);
    return true;
  }

  override numDataIds(): number {
    return this.cells.size;
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
    this.cells.clear();
    this.references.clear();
  }

  private hold(cell: Cell): TensorInfo {
    const dataId = {};
    this.cells.set(dataId, cell);
    this.references.set(dataId, 1);
    return { dataId, shape: [...cell.value.shape], dtype: cell.value.dtype };
  }

  /** The content behind `tensor`, which may share its buffer with tensors of another shape. */
  private cellOf({ dataId, shape, dtype }: TensorInfo): Cell {
    const cell = this.cells.get(dataId)!;
    const { value } = cell;
    if (value.dtype === dtype && String(value.shape) === String(shape)) return cell;
    const view: Value = { id: this.count++, shape: [...shape], dtype };
    const node = { kernel: 'Reshape', inputs: { x: value }, attrs: { shape: view.shape }, outputs: [view] };
    return { value: view, madeBy: { node, inputs: [cell] } };
  }

  private async compute(cell: Cell): Promise<TypedArray> {
    const { nodes, given } = historyOf(cell);
    const graph: Graph = {
      inputs: given.map(({ value }) => value),
      constants: [],
      states: [],
      nodes,
      outputs: [cell.value],
    };
    const program = await this.compile(graph);
    const inputs = given.map(({ value, numbers }) => tensor(numbers as TypedArray, [...value.shape], value.dtype));
    try {
      const [result] = await program.run(inputs);
      inputs.push(result);
      return (await result.data()).slice();
    } finally {
      dispose(inputs);
      await program.release();
    }
  }
}
