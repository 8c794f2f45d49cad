import { resnetEncoder } from '@segsde/models';
import { z } from 'zod';
import { defineEncoder } from '../encoder.ts';

export const encoders = [
  defineEncoder({
    name: 'resnet',
    options: z
      .strictObject({
        depth: z.literal([18, 50, 101]).default(18),
        width: z.int().positive().default(64).describe('Channels of the first layer; all others are in proportion'),
        dilation: z
          .tuple([z.boolean(), z.boolean(), z.boolean()])
          .optional()
          .describe('Stages 2 to 4 keep their resolution; not for depth 18. Default: stage 4, for depth 18 none'),
      })
      .refine(({ depth, dilation }) => depth !== 18 || !dilation?.includes(true), {
        path: ['dilation'],
        message: 'a resnet of depth 18 cannot be dilated; leave it out or set depth to 50 or 101',
      }),
    build: ({ depth, width, dilation }, { seed }) =>
      resnetEncoder({ depth, width, seed, dilation: dilation ?? [false, false, depth !== 18] }),
  }),
];
