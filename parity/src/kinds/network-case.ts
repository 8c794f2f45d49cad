import { jit } from '@segsde/jit';
import { valueAndGradients } from '@segsde/optim';
import {
  addN,
  dispose,
  keep,
  mul,
  sum,
  variable,
  type Scalar,
  type Tensor,
  type Tensor4D,
  type Variable,
} from '@tensorflow/tfjs-core';
import type { Context, Outputs } from '../context.ts';
import { loadWeights, type StateDict } from '../load-weights.ts';
import { readGradients, readImages, readState } from '../read-tensors.ts';
import { imageTensor, plainTensor } from '../tensors.ts';

/** A network under test. */
export interface NetworkCase {
  network: { variables: Variable[]; stateDict: StateDict; dispose(): void };
  /**
   * Outputs by the manifest's names, without the mode: NHWC ones in `images`, others in `plain`.
   */
  forward(inputs: Tensor4D[], training: boolean): { images?: Record<string, Tensor>; plain?: Record<string, Tensor> };
}

/**
 * Runs a network in evaluation and in training mode from the same start weights: its outputs, the
 * scalar that the manifest makes of them, its gradients to parameters and inputs, and the running
 * statistics after the training forward.
 */
export async function networkCase(context: Context, { network, forward }: NetworkCase): Promise<Outputs> {
  const { params, buffers, case: item } = context;
  const prefix = item.weights?.prefix;
  const outputs: Outputs = {};
  const inputs = item.inputs.map(
    ({ name }) => variable(imageTensor(context.input(name.replace(/_u8$/, '')))) as Variable & Tensor4D,
  );
  for (const mode of ['eval', 'train']) {
    loadWeights(network.stateDict, [...params, ...buffers], { prefix });
    const weights = Object.fromEntries(
      item.outputs.flatMap(({ name, shape, storage }) => {
        const [outputMode, ...rest] = name.split('.');
        const output = rest.join('.');
        if (outputMode !== mode || storage === 'pack' || output === 'scalar') return [];
        const values = context.gradientWeights(output, shape!);
        return [[output, { images: imageTensor(values), plain: plainTensor<Tensor>(values) }]];
      }),
    );
    const run = jit(
      ({ weights: w }: { weights: typeof weights }) => {
        let images: Record<string, Tensor> = {};
        let plain: Record<string, Tensor> = {};
        const { losses, grads } = valueAndGradients([...network.variables, ...inputs], () => {
          ({ images = {}, plain = {} } = forward(inputs, mode === 'train'));
          const all = { ...images, ...plain };
          for (const tensor of Object.values(all)) keep(tensor);
          const parts = Object.entries(all).map(([name, tensor]) =>
            sum(mul(tensor, name in images ? w[name].images : w[name].plain)),
          );
          return { scalar: addN(parts) as Scalar };
        });
        return { scalar: losses.scalar, images, plain, grads };
      },
      { engine: context.engine, name: item.name },
    );
    const { scalar, images, plain, grads } = await run({ weights });
    outputs[`${mode}.scalar`] = await scalar.data();
    for (const [name, tensor] of Object.entries(images)) outputs[`${mode}.${name}`] = await readImages(tensor);
    for (const [name, tensor] of Object.entries(plain)) outputs[`${mode}.${name}`] = await tensor.data();
    outputs[`${mode}.grad.params`] = await readGradients(grads, network.stateDict, params);
    outputs[`${mode}.grad.inputs`] = await Promise.all(
      inputs.map(async ({ name }) => (grads[name] ? readImages(grads[name]) : null)),
    );
    outputs['train.buffers_after'] = await readState(network.stateDict, buffers);
    dispose({ scalar, images, plain, grads, weights });
    await run.dispose();
  }
  dispose(inputs);
  network.dispose();
  return outputs;
}
