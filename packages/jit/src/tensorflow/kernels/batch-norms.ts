import type { TensorflowKernel, TensorflowKernelTable } from './tensorflow-kernel.ts';

const FLOATS = { T: { type: 'float32' }, U: { type: 'float32' } } as const;

interface NormAttrs {
  epsilon: number;
}

const attributes = ({ epsilon }: NormAttrs) => ({
  ...FLOATS,
  epsilon: { float: epsilon },
  data_format: 'NHWC',
  is_training: true,
});

/** Made by `withBatchNorms`. */
export const batchNormKernels = {
  /** Output, mean, (biased) variance, and three that the gradient wants. */
  FusedBatchNormV3: ((names, { inputs: { x }, attrs }, tf) => {
    const none = tf.constant(new Float32Array(0), [0], 'float32');
    const [output, mean, unbiased, ...reserves] = tf.node(
      'FusedBatchNormV3',
      [names.x, names.scale, names.offset, none, none],
      { ...attributes(attrs), exponential_avg_factor: { float: 1 } },
      6,
    );
    const pixels = x.shape.slice(0, 3).reduce((a, b) => a * b, 1);
    const variance = tf.op('Mul', [unbiased, tf.scalar((pixels - 1) / pixels)], { T: FLOATS.T });
    return [output, mean, variance, ...reserves];
  }) satisfies TensorflowKernel<NormAttrs>,
  /** Of the image, gamma and beta. */
  FusedBatchNormGradV3: ((names, { attrs }, tf) =>
    tf
      .node('FusedBatchNormGradV3', Object.values(names), attributes(attrs), 5)
      .slice(0, 3)) satisfies TensorflowKernel<NormAttrs>,
} satisfies TensorflowKernelTable;
