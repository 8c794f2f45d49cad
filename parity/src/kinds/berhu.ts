import { berHuLoss, berHuThreshold } from '@segsde/losses';
import { log1p, notEqual, type Tensor, type Tensor4D } from '@tensorflow/tfjs-core';
import type { Adapter, Outputs } from '../context.ts';
import { evaluate } from '../evaluate.ts';
import { caseOptions, readOptions } from '../read-options.ts';
import { imageTensor } from '../tensors.ts';
import { withGradients } from '../with-gradients.ts';

/**
 * The reverse Huber loss of disparities or of their logarithms, with and without the mask over the
 * bottom tenth.
 */
export const berhu: Adapter = async (context) => {
  readOptions(context.case, caseOptions({}));
  const inputs = { target: imageTensor(context.input('target')), prediction: imageTensor(context.input('input')) };
  const outputs: Outputs = {};
  for (const [scale, transform] of [
    ['lin', (x: Tensor4D) => x],
    ['log', (x: Tensor4D) => log1p(x)],
  ] as const) {
    for (const [name, maskBottom] of [
      ['mask', 0.1],
      ['nomask', 0],
    ] as const) {
      const variant = `${scale}_${name}`;
      const results = await evaluate(
        context,
        (given: typeof inputs) => {
          const target = transform(given.target);
          const { outputs, gradients } = withGradients([given.prediction], (prediction: Tensor) => {
            const transformed = transform(prediction as Tensor4D);
            return {
              scalar: berHuLoss(transformed, target, { maskBottom }),
              C: berHuThreshold(transformed, target, { maskBottom }),
            };
          });
          return {
            images: {
              [`${variant}.grad.input`]: gradients[0],
              // The mask shows in which pixels the loss depends on.
              ...(name === 'mask' ? { mask: notEqual(gradients[0], 0) } : {}),
            },
            plain: { [`${variant}.loss`]: outputs.scalar, [`${variant}.C`]: outputs.C },
          };
        },
        inputs,
      );
      Object.assign(outputs, results);
    }
  }
  return outputs;
};
