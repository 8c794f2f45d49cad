import { engine, tidy } from '@tensorflow/tfjs-core';
import type { NamedAttrMap, NamedTensorMap, Tensor } from '@tensorflow/tfjs-core';
import type { Node, Value } from './graph.ts';
import { withoutDeadNodes } from './passes/without-dead-nodes.ts';

/** Some kernels take a list of tensors, recorded under the names 0, 1, 2… */
const asKernelExpects = (inputs: NamedTensorMap) =>
  '0' in inputs ? (Object.values(inputs) as unknown as NamedTensorMap) : inputs;

/**
 * The numbers behind a recorded value: runs what it depends on, kernel by kernel, on
 * TensorFlow.js's current backend. Gradients do not see it.
 *
 * @param target a value that `nodes`, in execution order, make out of known ones, or a known one
 * @param known the tensor behind a value that no node makes; {@link evaluateEagerly} disposes it
 */
export function evaluateEagerly(target: Value, nodes: readonly Node[], known: (value: Value) => Tensor): Tensor {
  const needed = withoutDeadNodes({ inputs: [], constants: [], states: [], nodes, outputs: [target] }).nodes;
  const { state } = engine();
  // The depth of kernels is how TensorFlow.js knows that nothing belongs on its gradient tape.
  state.kernelDepth++;
  try {
    return tidy(() => {
      const tensors = new Map<number, Tensor>();
      const tensorOf = (value: Value): Tensor => {
        const found = tensors.get(value.id) ?? known(value);
        tensors.set(value.id, found);
        return found;
      };
      for (const { kernel, inputs, attrs, outputs } of needed) {
        const operands = Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, tensorOf(value)]));
        const results = engine().runKernel<Tensor | Tensor[]>(kernel, asKernelExpects(operands), attrs as NamedAttrMap);
        [results].flat().forEach((result, i) => tensors.set(outputs[i].id, result));
      }
      return tensorOf(target);
    });
  } finally {
    state.kernelDepth--;
  }
}
