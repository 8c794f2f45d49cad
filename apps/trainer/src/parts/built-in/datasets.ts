import { camvid, cityscapes, samplesFromGlobs } from '@segsde/data-loaders';
import { z } from 'zod';
import { defineDataset } from '../dataset.ts';

const byte = z.int().min(0).max(255);

export const datasets = [
  defineDataset({
    name: 'cityscapes',
    options: z.strictObject({
      classes: z.array(z.string()).min(1).optional().describe('Names of the classes to learn; default: all 19'),
      frames: z
        .enum(['annotated', 'video'])
        .default('annotated')
        .describe('video: every frame of leftImg8bit_sequence that has its neighbours'),
      neighbours: z
        .array(z.int())
        .optional()
        .describe('Neighbours that a frame of the video must have; default: those that depth is learnt with'),
      intrinsics: z
        .strictObject({ fx: z.number(), fy: z.number(), u0: z.number(), v0: z.number() })
        .optional()
        .describe('Camera in pixels of the stored images, in place of camera files'),
      cameraSize: z
        .tuple([z.int().positive(), z.int().positive()])
        .optional()
        .describe('Width and height of the images that the camera files are for, if not of the stored ones'),
      unknownIds: z.enum(['error', 'ignore']).default('error').describe('Label ids that Cityscapes does not define'),
    }),
    open: ({ root, split, neighbours }, options) =>
      cityscapes({ root, split, ...options, neighbours: options.neighbours ?? [...neighbours] }),
  }),
  defineDataset({
    name: 'camvid',
    open: ({ root, split }) => camvid({ root, split }),
  }),
  defineDataset({
    name: 'globs',
    options: z.strictObject({
      images: z.string().describe('Globs below root, {split} stands for the split: images/{split}/*.jpg'),
      labels: z
        .string()
        .optional()
        .describe('PNGs of class numbers, whose wildcards are those of their images; none: no labels'),
      classes: z
        .array(
          z.strictObject({
            name: z.string(),
            color: z.tuple([byte, byte, byte]),
            value: byte.optional().describe('The number in the labels; default: the position in this list'),
          }),
        )
        .min(1),
    }),
    open: ({ root, split }, { images, labels, classes }) => {
      const inSplit = (pattern: string) => pattern.replaceAll('{split}', split);
      return samplesFromGlobs({ root, images: inSplit(images), labels: labels && inSplit(labels), classes });
    },
  }),
];
