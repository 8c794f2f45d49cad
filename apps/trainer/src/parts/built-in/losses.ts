import { crossEntropy, monodepthLossFused, pseudoLabelLoss } from '@segsde/losses';
import { tensor1d } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { defineLoss } from '../loss.ts';

export const losses = [
  defineLoss({
    name: 'cross-entropy',
    task: 'segmentation',
    create:
      (_, { classWeights }) =>
      (logits, labels) =>
        crossEntropy(logits, labels, classWeights ? { classWeights: tensor1d([...classWeights]) } : {}),
  }),
  defineLoss({
    name: 'pseudo-label',
    task: 'consistency',
    options: z.strictObject({
      threshold: z.number().min(0).max(1).default(0.968).describe('Predictions above it count as confident'),
      confidence: z
        .enum(['batch', 'pixel'])
        .default('batch')
        .describe("Weight all pixels by the batch's share of confident ones, or drop the others pixel by pixel"),
    }),
    create:
      (options, { classWeights }) =>
      (logits, probabilities) =>
        pseudoLabelLoss(logits, probabilities, {
          ...options,
          ...(classWeights && { classWeights: tensor1d([...classWeights]) }),
        }),
  }),
  defineLoss({
    name: 'monodepth',
    task: 'depth',
    options: z.strictObject({
      ssim: z.boolean().default(true).describe('Compare structure as well as colour'),
      automask: z.boolean().default(true).describe('Leave out pixels that look the same without warping'),
      averageReprojection: z.boolean().default(false).describe('Average over the neighbours instead of the best one'),
      smoothness: z.number().nonnegative().default(1e-3),
    }),
    create: (options, { minDepth, maxDepth, automask }) => {
      const loss = { ...options, minDepth, maxDepth, automask: options.automask && automask };
      return (inputs) => monodepthLossFused(inputs, loss);
    },
  }),
];
