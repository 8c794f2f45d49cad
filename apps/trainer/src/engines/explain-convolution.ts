import '@tensorflow/tfjs-backend-cpu';
import { type Explanation, jit } from '@segsde/jit';
import { conv2d, enableProdMode, ones, relu, type Tensor4D } from '@tensorflow/tfjs-core';

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
