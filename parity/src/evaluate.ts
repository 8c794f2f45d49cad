import { jit } from '@segsde/jit';
import { dispose, type Tensor } from '@tensorflow/tfjs-core';
import type { Context, Outputs } from './context.ts';
import { nhwcToNchw } from './layout.ts';

/** Tensors by output name: those that the manifest keeps as NCHW, and those whose axes are the same on both sides. */
export interface Evaluated {
  images?: Record<string, Tensor>;
  plain?: Record<string, Tensor>;
}

/** Runs a function of tensors once on the case's engine and reads its results. */
export async function evaluate<I>(context: Context, fn: (inputs: I) => Evaluated, inputs: I): Promise<Outputs> {
  const compiled = jit(fn, { engine: context.engine, name: context.case.name });
  const { images = {}, plain = {} } = await compiled(inputs);
  const outputs: Outputs = {};
  for (const [name, tensor] of Object.entries(images)) {
    outputs[name] = nhwcToNchw({ data: await tensor.data(), shape: tensor.shape }).data;
  }
  for (const [name, tensor] of Object.entries(plain)) outputs[name] = await tensor.data();
  dispose({ images, plain });
  await compiled.dispose();
  return outputs;
}
