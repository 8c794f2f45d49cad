import { createRequire } from 'node:module';
import type { DataType, TypedArray } from '@tensorflow/tfjs-core';
import * as ort from 'onnxruntime-node';
import { onnxBuilder } from './builder.ts';
import { sessionOptions } from './create-session.ts';

/**
 * The part of ONNX Runtime's native binding that works at once; its public face answers later, when
 * whoever reads a variable cannot wait.
 */
interface NativeSession {
  loadModel(
    buffer: ArrayBufferLike,
    offset: number,
    length: number,
    options: ort.InferenceSession.SessionOptions,
  ): void;
  run(feeds: Record<string, ort.Tensor>, fetches: Record<string, null>, options: object): Record<string, ort.Tensor>;
}

/** The types of tensors that can stay on a graphics card. */
export type CardType = Extract<DataType, 'float32' | 'int32'>;

export const staysOnCard = (dtype: DataType): dtype is CardType => dtype === 'float32' || dtype === 'int32';

function copier(dtype: CardType, preferredOutputLocation: 'cpu' | 'gpu-buffer') {
  const { binding, initOrt } = createRequire(import.meta.url)('onnxruntime-node/dist/binding') as {
    binding: { InferenceSession: new () => NativeSession };
    initOrt: () => void;
  };
  const onnx = onnxBuilder();
  const tensor = onnx.input('tensor', undefined, dtype);
  const copy = onnx.output(onnx.op('Identity', [tensor]), undefined, dtype);
  const model = onnx.encode();
  initOrt();
  const session = new binding.InferenceSession();
  session.loadModel(model.buffer, model.byteOffset, model.byteLength, {
    ...sessionOptions('webgpu'),
    preferredOutputLocation,
  });
  return (value: ort.Tensor) => session.run({ [tensor]: value }, { [copy]: null }, {})[copy];
}

const copiers = new Map<string, ReturnType<typeof copier>>();

function copy(value: ort.Tensor, location: 'cpu' | 'gpu-buffer'): ort.Tensor {
  const key = `${value.type} ${location}`;
  let known = copiers.get(key);
  if (!known) copiers.set(key, (known = copier(value.type as CardType, location)));
  return known(value);
}

/** A copy on the graphics card. Whoever gets it disposes it. */
export const toCard = (value: ort.Tensor): ort.Tensor => copy(value, 'gpu-buffer');

/** The numbers of a tensor on the graphics card. */
export const fromCard = (value: ort.Tensor): TypedArray => copy(value, 'cpu').data as TypedArray;
