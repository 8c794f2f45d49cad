import onnxProto from 'onnx-proto';
import type { DataType, TypedArray } from '@tensorflow/tfjs-core';
import type * as ort from 'onnxruntime-node';
import { ONNX_TYPE } from './builder.ts';

const { onnx } = onnxProto;

/** A model some of whose inputs are constants of these values. */
export function withInitializers(model: Uint8Array, values: ReadonlyMap<string, ort.Tensor>): Uint8Array {
  const decoded = onnx.ModelProto.decode(model);
  const graph = decoded.graph!;
  graph.input = graph.input!.filter(({ name }) => !values.has(name!));
  for (const [name, { type, dims, data }] of values) {
    const { buffer, byteOffset, byteLength } = data as TypedArray;
    const rawData = new Uint8Array(buffer, byteOffset, byteLength);
    const dataType = ONNX_TYPE[type as DataType];
    graph.initializer!.push(onnx.TensorProto.create({ name, dims: [...dims], dataType, rawData }));
  }
  return onnx.ModelProto.encode(decoded).finish();
}
