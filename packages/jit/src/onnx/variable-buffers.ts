import { engine, keep } from '@tensorflow/tfjs-core';
import type { DataId, DataType, TypedArray, Variable } from '@tensorflow/tfjs-core';
import * as ort from 'onnxruntime-node';
import { arrayClass, arrayOfType } from '../array-of-type.ts';
import { recorder } from '../recorder.ts';
import { fromCard, staysOnCard, toCard } from './card-tensors.ts';
import type { Device } from './device.ts';
import type { Layout } from './layouts.ts';
import { permutationBetween, permute } from './layouts.ts';
import { transposeArray } from './transpose-array.ts';

const ORT_TYPE: Partial<Record<DataType | 'uint8', ort.Tensor.Type>> = {
  ...{ float32: 'float32', int32: 'int32', bool: 'bool', uint8: 'uint8' },
};

/** A variable's value as ONNX Runtime has it. */
export interface Held {
  buffer: ort.Tensor;
}

/** Found by the variable's data id. */
const values = new WeakMap<DataId, Held>();

/**
 * Buffers whose variable has moved on, to be written again: training allocates nothing after its
 * second step.
 */
const free = new Map<string, TypedArray[]>();

const poolKey = (dtype: DataType, size: number) => `${dtype} ${size}`;

/** Wraps `data` for ONNX Runtime. */
export function ortTensor(data: TypedArray, dtype: DataType | 'uint8', dims: readonly number[]): ort.Tensor {
  const array = arrayOfType(data, dtype);
  return new ort.Tensor(ORT_TYPE[dtype]!, array as Float32Array, dims);
}

/** A tensor for a result, with whatever numbers. */
export function emptyTensor(dtype: DataType, dims: readonly number[]): ort.Tensor {
  const size = dims.reduce((a, b) => a * b, 1);
  const data = free.get(poolKey(dtype, size))?.pop() ?? new (arrayClass(dtype))(size);
  return ortTensor(data, dtype, dims);
}

const isOnCard = ({ location }: ort.Tensor) => location === 'gpu-buffer';

function recycle(buffer: ort.Tensor, dtype: DataType): void {
  if (isOnCard(buffer)) return buffer.dispose();
  const key = poolKey(dtype, buffer.size);
  const list = free.get(key);
  if (list) list.push(buffer.data as TypedArray);
  else free.set(key, [buffer.data as TypedArray]);
}

/** Forgets the buffers that wait to be written again. */
export function dropFreeBuffers(): void {
  free.clear();
}

/**
 * Gives `variable` a new buffer; whoever reads the variable gets a copy in TensorFlow.js's layout.
 *
 * @param made what a session has on the graphics card: gets the value too
 */
export function storeVariable(variable: Variable, buffer: ort.Tensor, layout: Layout, made?: Set<Held>): void {
  const { shape, dtype } = variable;
  const held: Held = { buffer };
  made?.add(held);
  const read = () => {
    const { buffer } = held;
    const data = isOnCard(buffer) ? fromCard(buffer) : (buffer.data as TypedArray).slice();
    return layout === 'logical'
      ? data
      : transposeArray(data as Float32Array, permute(shape, layout), permutationBetween(layout, 'logical'));
  };
  const holder = recorder().device(shape, dtype, read, () => {
    made?.delete(held);
    recycle(held.buffer, dtype);
  });
  values.set(holder.dataId, held);
  // Not variable.assign: that would fetch the numbers over to the current backend. The variable
  // takes the holder's place instead.
  engine().disposeTensor(variable);
  variable.dataId = keep(holder).dataId;
}

/**
 * Copies what a session has made on the graphics card: memory of a session that is released must
 * not be touched, not even to free it.
 */
export function takeFromSession(made: Set<Held>): void {
  for (const held of made) {
    const { buffer } = held;
    if (!isOnCard(buffer)) continue;
    held.buffer = toCard(buffer);
    buffer.dispose();
  }
  made.clear();
}

/**
 * Whether another tensor, such as a variable that this one was assigned to, has the same memory.
 */
export const isShared = ({ dataId }: Variable): boolean => recorder().refCount(dataId) > 1;

function allZero(numbers: TypedArray): boolean {
  // A loop: `every` would call a function for each of millions.
  for (let i = 0; i < numbers.length; i++) if (!Object.is(numbers[i], 0)) return false;
  return true;
}

/** A copy of a variable's numbers in `layout`. */
function inLayout(numbers: TypedArray, shape: readonly number[], layout: Layout): TypedArray {
  // An optimiser's slots begin as zeros, as many as there are weights: no need to move them.
  if (layout === 'logical' || allZero(numbers)) return numbers.slice();
  return transposeArray(numbers, shape, permutationBetween('logical', layout));
}

/** The variable's newest value, in `layout`, where `device` reads it fastest. */
export function variableBuffer(
  variable: Variable,
  layout: Layout,
  dims: readonly number[],
  device: Device,
): ort.Tensor {
  const onCard = device === 'webgpu' && staysOnCard(variable.dtype);
  const known = values.get(variable.dataId)?.buffer;
  const isNewest = known && engine().state.tensorInfo.get(variable.dataId)?.backend === recorder();
  if (isNewest && isOnCard(known) === onCard) return known;
  const numbers = arrayOfType(variable.dataSync(), variable.dtype);
  const own = ortTensor(inLayout(numbers, variable.shape, layout), variable.dtype, dims);
  const buffer = onCard ? toCard(own) : own;
  storeVariable(variable, buffer, layout);
  return buffer;
}
