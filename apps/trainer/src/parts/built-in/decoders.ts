import { depthDecoder, jointSegmentationDecoder } from '@segsde/models';
import { z } from 'zod';
import { defineDecoder } from '../decoder.ts';

const UNET = 'unet';

const channels = z.int().positive();
const share = z.number().min(0).lt(1);

const unetOptions = z.strictObject({
  channels: z
    .tuple([channels, channels, channels, channels, channels])
    .default([16, 32, 64, 128, 256])
    .describe('Channels by level, finest first'),
  aspp: z
    .strictObject({
      rates: z.array(channels).min(1).default([6, 12, 18]),
      pooling: z.boolean().default(true).describe("A branch of the image's mean; needs batches of 2 or more"),
      dropout: share.default(0.5),
    })
    .nullable()
    .default(null)
    .describe('Atrous spatial pyramid as first block; null: an ordinary block'),
  batchNorm: z.boolean().default(false),
  dropout: share.default(0),
  initialDisparity: z
    .number()
    .gt(0)
    .lt(1)
    .nullable()
    .default(null)
    .describe(
      'What an untrained network predicts everywhere; low leaves room for what is near. null: as drawn, about 0.5',
    ),
  projectSkips: channels.nullable().default(null).describe('Channels of the skip connections; null: as they come'),
});

export const decoders = [
  defineDecoder({
    name: UNET,
    task: 'depth',
    options: unetOptions,
    build: ({ initialDisparity, ...options }, context) =>
      depthDecoder({ ...options, ...context, initialDisparity: initialDisparity ?? undefined }),
  }),
  defineDecoder({
    name: 'joint',
    task: 'segmentation',
    options: z.strictObject({
      layers: z
        .array(z.int().min(0).max(9))
        .min(1)
        .default([9])
        .describe('0 to 4: encoder maps; 5 to 9: U-Net levels 4 to 0'),
      layerChannels: channels.default(64),
      layerDropout: share.default(0),
      headInter: z.boolean().default(false).describe('A 3x3 convolution before the classifier'),
      headInterChannels: channels.default(64),
      headDropout: share.default(0.1),
      outputStride: z.literal([1, 2, 4]).default(1).describe('The head works at this fraction of the resolution'),
    }),
    build: (options, { encoderChannels, classes, depthDecoder: depth, seed }) => {
      // A depth decoder of one's own is another network: this one has a U-Net of its own then.
      const { initialDisparity: _unused, ...unet } = unetOptions.parse(depth.name === UNET ? depth.options : {});
      return jointSegmentationDecoder({ ...unet, ...options, encoderChannels, classes, seed });
    },
  }),
];
