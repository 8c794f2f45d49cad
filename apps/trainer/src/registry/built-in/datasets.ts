import { camvid, cityscapes } from '@segsde/data-loaders';
import { z } from 'zod';
import { defineDataset } from '../definition.ts';

export const datasets = [
  defineDataset({
    name: 'cityscapes',
    options: z.strictObject({
      classes: z.array(z.string()).min(1).optional().describe('Names of the classes to learn; default: all 19'),
      frames: z
        .enum(['annotated', 'video'])
        .default('annotated')
        .describe('video: every frame of leftImg8bit_sequence that has its neighbours'),
      neighbours: z.array(z.int()).default([-1, 1]).describe('Neighbours that a frame of the video must have'),
      intrinsics: z
        .strictObject({ fx: z.number(), fy: z.number(), u0: z.number(), v0: z.number() })
        .optional()
        .describe('Camera in pixels of the stored images, in place of camera files'),
      unknownIds: z.enum(['error', 'ignore']).default('error').describe('Label ids that Cityscapes does not define'),
    }),
    open: ({ root, split }, options) => cityscapes({ root, split, ...options }),
  }),
  defineDataset({
    name: 'camvid',
    open: ({ root, split }) => camvid({ root, split }),
  }),
];
