import {
  chooseClasses,
  classMixMask,
  cutMixMask,
  depthMixMask,
  drawClassScores,
  drawCutMixBoxes,
} from '@segsde/augmentation';
import { onesLike, type Tensor2D } from '@tensorflow/tfjs-core';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { z } from 'zod';
import { defineMixing, type Random } from '../mixing.ts';

/** `[count, values.length / count]` */
function rows(values: Float32Array, count: number): number[][] {
  const length = values.length / count;
  return Array.from({ length: count }, (_, row) => [...values.subarray(row * length, (row + 1) * length)]);
}

const uniform = (random: Random) => () => uniformFloat64(random);

export const mixing = [
  defineMixing({
    name: 'none',
    usesDisparity: false,
    mask: ({ disparity }) => onesLike(disparity),
  }),
  defineMixing({
    name: 'depthmix',
    options: z.strictObject({
      margin: z.number().default(0.03).describe('How much farther than its partner a pixel may be and still stay'),
      foregroundThreshold: z.number().min(0).max(1).default(0).describe('Pixels with less disparity never stay'),
    }),
    mask: ({ disparity }, options) => depthMixMask(disparity, options),
  }),
  defineMixing({
    name: 'classmix',
    usesDisparity: false,
    draw: (random, size) => ({ scores: rows(drawClassScores(uniform(random), size), size.batch) }),
    mask: ({ labels, draws }) => classMixMask(labels, chooseClasses(labels, draws.scores as Tensor2D)),
  }),
  defineMixing({
    name: 'cutmix',
    usesDisparity: false,
    draw: (random, size) => ({ boxes: rows(drawCutMixBoxes(uniform(random), size), size.batch) }),
    mask: ({ labels, draws }) => {
      const [, height, width] = labels.shape;
      return cutMixMask(draws.boxes as Tensor2D, { height, width });
    },
  }),
];
