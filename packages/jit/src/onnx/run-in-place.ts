import type * as ort from 'onnxruntime-node';
import * as runtime from 'onnxruntime-node';
import { onnxBuilder } from './builder.ts';
import { createSession } from './create-session.ts';

/** How ONNX Runtime's Node binding refuses an output that is not a tensor. */
const REFUSAL = 'Non tensor type';

/**
 * Runs `session` so that results are written into the given tensors and nowhere else.
 *
 * The Node binding computes into tensors that it is given, and then copies every one of them into a
 * new array all the same; for a network's weights that takes as long as a good part of the step. It
 * copies in the order of the outputs and stops at one that is not a tensor: a sequence as the first
 * output, which a model gets from `sequenceOutput`, spares the copies. {@link worksInPlace} tells
 * whether the installed version behaves so.
 *
 * @param sequence the name of that output
 */
export async function runInPlace(
  session: ort.InferenceSession,
  feeds: Record<string, ort.Tensor>,
  results: Record<string, ort.Tensor>,
  sequence: string,
): Promise<void> {
  try {
    await session.run(feeds, { [sequence]: null, ...results });
  } catch (error) {
    // Not instanceof Error: a native module's errors may be of another realm.
    if (!(error as Error | undefined)?.message?.startsWith(REFUSAL)) throw error;
  }
}

async function probe(): Promise<boolean> {
  const onnx = onnxBuilder();
  const x = onnx.input('x', [2], 'float32');
  const y = onnx.op('Add', [x, x]);
  const sequence = onnx.sequenceOutput(y);
  onnx.output(y, [2], 'float32');
  const tensor = (...values: number[]) => new runtime.Tensor('float32', Float32Array.from(values), [2]);
  const result = tensor(0, 0);
  try {
    const session = await createSession(onnx.encode());
    await runInPlace(session, { x: tensor(1, 2) }, { [y]: result }, sequence);
    await session.release();
    return result.data[0] === 2 && result.data[1] === 4;
  } catch {
    // A version that treats sequences otherwise: results are then taken as the binding returns
    // them.
    return false;
  }
}

let known: Promise<boolean> | undefined;

export const worksInPlace = (): Promise<boolean> => (known ??= probe());
