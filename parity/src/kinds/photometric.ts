import { edgeAwareSmoothness, meanNormalized, photometricErrorFused, ssimLossFused } from '@segsde/losses';
import { mul, expandDims, sum, type Scalar, type Tensor, type Tensor4D } from '@tensorflow/tfjs-core';
import type { Adapter, Outputs } from '../context.ts';
import { evaluate } from '../evaluate.ts';
import { caseOptions, readOptions } from '../read-options.ts';
import { imageTensor } from '../tensors.ts';
import { withGradients } from '../with-gradients.ts';

/**
 * Maps of the photometric error with the gradient to the prediction; edge-aware smoothness with the
 * gradient to the disparity.
 */
export const photometric: Adapter = async (context) => {
  readOptions(context.case, caseOptions({}));
  const target = imageTensor(context.input('target'));
  const prediction = imageTensor(context.input('pred'));
  const disparity = imageTensor(context.input('disp'));
  const outputs: Outputs = {};

  const maps: Record<string, (a: Tensor4D, b: Tensor4D) => Tensor> = {
    ssim: ssimLossFused,
    reproj: (a, b) => expandDims(photometricErrorFused(a, b), 3),
    l1: (a, b) => expandDims(photometricErrorFused(a, b, { ssim: false }), 3),
  };
  for (const [name, map] of Object.entries(maps)) {
    const [batch, height, width, channels] = target.shape;
    const shape = [batch, name === 'ssim' ? channels : 1, height, width];
    const inputs = { prediction, target, weights: imageTensor(context.gradientWeights(name, shape)) };
    const results = await evaluate(
      context,
      (given: typeof inputs) => {
        const { outputs, gradients } = withGradients([given.prediction], (pred) => {
          const values = map(pred as Tensor4D, given.target);
          return { scalar: sum<Scalar>(mul(values, given.weights)), values };
        });
        return { images: { [name]: outputs.values, [`grad.${name}.pred`]: gradients[0] } };
      },
      inputs,
    );
    Object.assign(outputs, results);
  }

  const scalars: Record<string, (disp: Tensor4D, image: Tensor4D) => Scalar> = {
    smooth: edgeAwareSmoothness,
    smooth_norm: (disp, image) => edgeAwareSmoothness(meanNormalized(disp), image),
  };
  for (const [name, smoothness] of Object.entries(scalars)) {
    const inputs = { disparity, target };
    const results = await evaluate(
      context,
      (given: typeof inputs) => {
        const { outputs, gradients } = withGradients([given.disparity], (disp) => ({
          scalar: smoothness(disp as Tensor4D, given.target),
        }));
        return { plain: { [name]: outputs.scalar }, images: { [`grad.${name}.disp`]: gradients[0] } };
      },
      inputs,
    );
    Object.assign(outputs, results);
  }
  return outputs;
};
