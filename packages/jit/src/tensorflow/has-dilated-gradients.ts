import type { TensorflowBinding } from './binding.ts';
import { createSession } from './create-session.ts';
import { TF_TYPE } from './element-types.ts';
import type { HalfPrecision } from './in-half-precision.ts';
import { inHalfPrecision } from './in-half-precision.ts';
import { writeGraph } from './write-graph.ts';

const SHAPE = [1, 8, 8, 8];
const FILTER_SHAPE = [3, 3, 8, 8];

function probe(type: HalfPrecision, binding: TensorflowBinding): boolean {
  const [x, dy] = [0, 1].map((id) => ({ id, shape: SHAPE, dtype: 'float32' as const }));
  const dw = { id: 2, shape: FILTER_SHAPE, dtype: 'float32' as const };
  const attrs = { strides: 1, pad: 'same', dilations: 2, filterShape: FILTER_SHAPE };
  const nodes = [{ kernel: 'Conv2DBackpropFilter', inputs: { x, dy }, attrs, outputs: [dw] }];
  const graph = { inputs: [x, dy], constants: [], states: [], nodes, outputs: [dw] };
  const { model, inputs, outputs } = writeGraph(graph, {
    onGpu: binding.isUsingGpuDevice(),
    mixed: inHalfPrecision({ type, dilatedGradients: true }),
  });
  const session = createSession(model, binding);
  const ids = inputs.map(() => binding.createTensor(SHAPE, TF_TYPE.float32, new Float32Array(512)));
  try {
    ids.push(...session.run(ids, inputs, outputs));
    return true;
  } catch {
    // TensorFlow has them only from oneDNN, and oneDNN computes with 16 bits only where the
    // processor can.
    return false;
  } finally {
    for (const id of ids) binding.deleteTensor(id);
    session.release();
  }
}

const known: Partial<Record<HalfPrecision, boolean>> = {};

/** Whether this machine computes gradients of dilated convolutions with numbers of this type. */
export const hasDilatedGradients = (type: HalfPrecision, binding: TensorflowBinding): boolean =>
  (known[type] ??= probe(type, binding));
