import '@tensorflow/tfjs-backend-cpu';
import { type Engine, engines, type Explanation, jit } from '@segsde/jit';
import { findEngine, testEngine } from '@segsde/native-engines';
import { conv2d, enableProdMode, ones, relu, type Tensor4D } from '@tensorflow/tfjs-core';

/**
 * Library, version and device of an engine that works.
 *
 * @throws EngineError if TensorFlow's library does not do what it should
 */
export async function describeEngine(engine: Engine): Promise<string> {
  const installed = engine === 'tensorflow' ? findEngine(engine) : undefined;
  if (installed) {
    const { library, gpu } = await testEngine(installed);
    const where = gpu ? 'a CUDA card' : installed.gpu ? 'the CPU: it finds no CUDA card' : 'the CPU';
    return `TensorFlow ${library} on ${where}`;
  }
  const { library, version, device, installable } = engines[engine];
  const card = installable ? 'a CUDA card' : 'a graphics card';
  return `${[library, version()].filter(Boolean).join(' ')} on ${device() === 'gpu' ? card : 'the CPU'}`;
}

/** How engine `onnx` runs a convolution that is large enough for it to show what it can do. */
export async function explainConvolution(): Promise<Explanation> {
  enableProdMode();
  const image: Tensor4D = ones([1, 64, 64, 32]);
  const filter: Tensor4D = ones([3, 3, 32, 32]);
  const convolve = jit((inputs: { image: Tensor4D; filter: Tensor4D }) =>
    relu(conv2d(inputs.image, inputs.filter, 1, 'same')),
  );
  try {
    return await convolve.explain({ image, filter });
  } finally {
    image.dispose();
    filter.dispose();
  }
}
