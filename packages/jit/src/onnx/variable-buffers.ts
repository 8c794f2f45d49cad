import { engine, keep } from '@tensorflow/tfjs-core';
import type { DataId, DataType, TypedArray, Variable } from '@tensorflow/tfjs-core';
import * as ort from 'onnxruntime-node';
import { arrayClass, arrayOfType } from '../array-of-type.ts';
import { recorder } from '../recorder.ts';
import type { Layout } from './layouts.ts';
import { permutationBetween, permute } from './layouts.ts';
import { transposeArray } from './transpose-array.ts';

const ORT_TYPE: Partial<Record<DataType, ort.Tensor.Type>> = { float32: 'float32', int32: 'int32', bool: 'bool' };

/** What a variable's buffer looks like to ONNX Runtime, found by the variable's data id. */
const buffers = new WeakMap<DataId, ort.Tensor>();

/** Buffers whose variable has moved on, to be written again: training allocates nothing after its second step. */
const free = new Map<string, TypedArray[]>();

const poolKey = (dtype: DataType, size: number) => `${dtype} ${size}`;

/** Wraps `data` for ONNX Runtime. */
export function ortTensor(data: TypedArray, dtype: DataType, dims: readonly number[]): ort.Tensor {
  const array = arrayOfType(data, dtype);
  return new ort.Tensor(ORT_TYPE[dtype]!, array as Float32Array, dims);
}

/** A tensor for a result, with whatever numbers. */
export function emptyTensor(dtype: DataType, dims: readonly number[]): ort.Tensor {
  const size = dims.reduce((a, b) => a * b, 1);
  const data = free.get(poolKey(dtype, size))?.pop() ?? new (arrayClass(dtype))(size);
  return ortTensor(data, dtype, dims);
}

function recycle(buffer: ort.Tensor, dtype: DataType): void {
  const key = poolKey(dtype, buffer.size);
  const list = free.get(key);
  if (list) list.push(buffer.data as TypedArray);
  else free.set(key, [buffer.data as TypedArray]);
}

/** Forgets the buffers that wait to be written again. */
export function dropFreeBuffers(): void {
  free.clear();
}

/** Gives `variable` a new buffer; whoever reads the variable gets a copy in TensorFlow.js's layout. */
export function storeVariable(variable: Variable, buffer: ort.Tensor, layout: Layout): void {
  const { shape, dtype } = variable;
  const data = buffer.data as Float32Array;
  const read = () =>
    layout === 'logical'
      ? data.slice()
      : transposeArray(data, permute(shape, layout), permutationBetween(layout, 'logical'));
  const holder = recorder().device(shape, dtype, read, () => recycle(buffer, dtype));
  buffers.set(holder.dataId, buffer);
  // Not variable.assign: that would fetch the numbers over to the current backend. The variable takes the holder's place instead.
  engine().disposeTensor(variable);
  variable.dataId = keep(holder).dataId;
}

/** Whether another tensor, such as a variable that this one was assigned to, has the same memory. */
export const isShared = ({ dataId }: Variable): boolean => recorder().refCount(dataId) > 1;

/** The variable's newest value, in `layout`. */
export function variableBuffer(variable: Variable, layout: Layout, dims: readonly number[]): ort.Tensor {
  const known = buffers.get(variable.dataId);
  if (known && engine().state.tensorInfo.get(variable.dataId)?.backend === recorder()) return known;
  const values = arrayOfType(variable.dataSync(), variable.dtype);
  const data =
    layout === 'logical'
      ? values.slice()
      : transposeArray(values, variable.shape, permutationBetween('logical', layout));
  const buffer = ortTensor(data, variable.dtype, dims);
  storeVariable(variable, buffer, layout);
  return buffer;
}
