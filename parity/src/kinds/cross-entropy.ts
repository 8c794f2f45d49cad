import { crossEntropy } from '@segsde/losses';
import { fill, type Tensor, type Tensor1D, type Tensor3D, type Tensor4D } from '@tensorflow/tfjs-core';
import type { Adapter, Outputs } from '../context.ts';
import { evaluate } from '../evaluate.ts';
import { caseOptions, ofInputs, readOptions } from '../read-options.ts';
import { ignoreIndex } from '../ignore-index.ts';
import { imageTensor, plainTensor } from '../tensors.ts';
import { withGradients } from '../with-gradients.ts';

interface Inputs {
  logits: Tensor4D;
  labels: Tensor3D;
  weights?: Tensor;
  classWeights?: Tensor1D;
}

/** Cross entropy with every combination of weights and sizes that the reference knows. */
export const crossEntropyCase: Adapter = async (context) => {
  readOptions(context.case, caseOptions({ C: ofInputs }));
  const logits = imageTensor(context.input('logits'));
  const labels = plainTensor<Tensor3D>(context.input('target'), 'int32');
  const bigLabels = plainTensor<Tensor3D>(context.input('target_big'), 'int32');
  const weights = plainTensor(context.input('pixel_weights'));
  const bigWeights = plainTensor(context.input('pixel_weights_big'));
  const ignored = fill(labels.shape, ignoreIndex, 'int32') as Tensor3D;

  const variants: Record<string, Inputs> = {
    plain: { logits, labels },
    weighted: { logits, labels, weights },
    upsampled: { logits, labels: bigLabels },
    upsampled_weighted: { logits, labels: bigLabels, weights: bigWeights },
    class_weighted: { logits, labels, classWeights: plainTensor<Tensor1D>(context.input('class_weight')) },
    // The reference takes weights that hold a NaN for no weights, yet divides by all pixels.
    nan_weights: { logits, labels, weights: fill(labels.shape, 1) },
    all_ignored_weighted: { logits, labels: ignored, weights },
    all_ignored: { logits, labels: ignored },
  };
  const outputs: Outputs = {};
  for (const [variant, inputs] of Object.entries(variants)) {
    const results = await evaluate(
      context,
      (given: Inputs) => {
        const { outputs, gradients } = withGradients([given.logits], (x: Tensor) => ({
          scalar: crossEntropy(x as Tensor4D, given.labels, { ...given, ignoreIndex, whenAllIgnored: 'nan' }),
        }));
        return {
          images: { [`${variant}.grad.logits`]: gradients[0] },
          plain: { [`${variant}.loss`]: outputs.scalar },
        };
      },
      inputs,
    );
    Object.assign(outputs, results);
  }
  return outputs;
};
