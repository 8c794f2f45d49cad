import {
  classMixMask,
  depthMask,
  depthMixMask,
  drawThresholds,
  mixComplementaryPairs,
  mixPairs,
} from '@segsde/augmentation';
import { concat, ones, reverse, squeeze, tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import type { Adapter } from '../context.ts';
import { evaluate } from '../evaluate.ts';
import { caseOptions, ofInputs, readOptions } from '../read-options.ts';
import { imageTensor, plainTensor } from '../tensors.ts';

const schema = caseOptions({
  C: z.number().int().positive(),
  margin: z.number(),
  ft: z.number(),
  ft_range: z.tuple([z.number(), z.number()]),
  /** The input of that name has the same numbers. */
  draws: ofInputs,
  classes: z.array(z.array(z.number().int().nonnegative())),
});

interface Inputs {
  disparity: Tensor4D;
  images: Tensor4D;
  pairs: Tensor4D;
  softLabels: Tensor4D;
  hardLabels: Tensor3D;
  predicted: Tensor3D;
  chosenClasses: Tensor2D;
  thresholds: Tensor1D;
  rangeThresholds: Tensor1D;
}

/** Masks of each kind, and images, probabilities and labels mixed by them. */
export const mixing: Adapter = (context) => {
  const { C: classes, margin, ft, ft_range, classes: chosen } = readOptions(context.case, schema);
  const draws = Array.from(context.input('draws').data);
  const thresholds = (range?: [number, number]) => {
    let next = 0;
    return tensor1d(drawThresholds(() => draws[next++], { batch: draws.length, range }));
  };
  const inputs: Inputs = {
    disparity: imageTensor(context.input('pseudo_depth')),
    images: imageTensor(context.input('images')),
    pairs: imageTensor(context.input('images4')),
    softLabels: imageTensor(context.input('soft_labels')),
    hardLabels: plainTensor(context.input('hard_labels'), 'int32'),
    predicted: plainTensor(context.input('argmax'), 'int32'),
    chosenClasses: tensor2d(
      chosen.map((list) => Array.from({ length: classes }, (_, index) => Number(list.includes(index)))),
    ),
    thresholds: thresholds(),
    rangeThresholds: thresholds(ft_range),
  };
  const run = ({ disparity, images, pairs, softLabels, hardLabels, predicted, ...draws }: Inputs) => {
    const masks: Record<string, Tensor4D> = {
      depthcomp: depthMixMask(disparity, { margin, foregroundThreshold: ft }),
      depthcomp_range: depthMixMask(disparity, { margin, foregroundThreshold: draws.rangeThresholds }),
      depth: depthMask(disparity, draws.thresholds),
      none: ones(disparity.shape),
      class: classMixMask(predicted, draws.chosenClasses),
    };
    const mixedImages: Record<string, Tensor> = {};
    const plain: Record<string, Tensor> = {};
    for (const [name, mask] of Object.entries(masks)) {
      plain[`mask.${name}`] = squeeze(mask, [3]);
      mixedImages[`mix.${name}.images`] = mixPairs(images, mask);
      mixedImages[`mix.${name}.soft_labels`] = mixPairs(softLabels, mask);
      plain[`mix.${name}.hard_labels`] = mixPairs(hardLabels, mask);
    }
    mixedImages['mix_half.depthcomp.images4'] = mixComplementaryPairs(pairs, masks.depthcomp);
    const mirrored = concat([softLabels, reverse(softLabels, 2)]);
    mixedImages['mix_half.class.soft4'] = mixComplementaryPairs(mirrored, masks.class);
    return { images: mixedImages, plain };
  };
  return evaluate(context, run, inputs);
};
