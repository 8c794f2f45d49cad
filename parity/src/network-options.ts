import { z } from 'zod';

const depths = { resnet18: 18, resnet50: 50, resnet101: 101 } as const;
const names = Object.keys(depths) as (keyof typeof depths)[];

/** Depth of a ResNet by the reference's name of it. */
export const backbone = z.enum(names).transform((name) => depths[name]);

/** The reference's `replace_stride_with_dilation`, null for none. */
export const dilation = z
  .tuple([z.boolean(), z.boolean(), z.boolean()])
  .nullish()
  .transform((flags) => flags ?? undefined);

const channels = z.number().int().positive();

/** The reference's `depth_args`. Its dropout is off in the golden numbers. */
export const depthArgs = z.strictObject({
  intermediate_aspp: z.boolean().default(false),
  aspp_rates: z.array(z.number().int().positive()).min(1).default([6, 12, 18]),
  aspp_pooling: z.boolean().default(true),
  num_ch_dec: z.tuple([channels, channels, channels, channels, channels]).default([16, 32, 64, 128, 256]),
  batch_norm: z.boolean().default(false),
  dropout: z.number().optional(),
  /** -1: skips stay as they are. */
  n_project_skip_ch: z.number().int().default(-1),
  n_upconv: z.literal(4).optional(),
  use_skips: z.literal(true).optional(),
  num_output_channels: z.literal(1).optional(),
  /** Only printed by the reference. */
  max_scale_size: z.unknown().optional(),
});
export type DepthArgs = z.output<typeof depthArgs>;

/**
 * The reference's `segmentation_args` of its joint decoder. Its dropout is off in the golden
 * numbers.
 */
export const segmentationArgs = z.strictObject({
  weights: z.literal('none').nullish(),
  layers: z.array(z.number().int()).min(1).default([9]),
  layer_out_channels: channels.default(64),
  head_inter: z.boolean().default(true),
  head_inter_channels: channels.default(64),
  head_dropout: z.number().optional(),
  layer_dropout: z.number().optional(),
  output_stride: z.number().int().positive().default(1),
});
export type SegmentationArgs = z.output<typeof segmentationArgs>;

/** Options of `depthDecoder` for the reference's; nothing is dropped out in the golden numbers. */
export const depthDecoderOptions = (args: DepthArgs, scales: number) => ({
  channels: args.num_ch_dec,
  aspp: args.intermediate_aspp ? { rates: args.aspp_rates, pooling: args.aspp_pooling, dropout: 0 } : null,
  batchNorm: args.batch_norm,
  dropout: 0,
  projectSkips: args.n_project_skip_ch === -1 ? null : args.n_project_skip_ch,
  scales: Array.from({ length: scales }, (_, scale) => scale),
});

/** Options of `jointSegmentationDecoder` for the reference's, with every level run as there. */
export const jointSegmentationOptions = (depth: DepthArgs, segmentation: SegmentationArgs, classes: number) => ({
  ...depthDecoderOptions(depth, 4),
  classes,
  layers: segmentation.layers,
  layerChannels: segmentation.layer_out_channels,
  layerDropout: 0,
  headInter: segmentation.head_inter,
  headInterChannels: segmentation.head_inter_channels,
  headDropout: 0,
  outputStride: segmentation.output_stride,
  runUnusedLevels: true,
});
