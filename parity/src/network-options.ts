/** The reference's `depth_args`. */
export interface DepthArgs {
  intermediate_aspp?: boolean;
  aspp_rates?: number[];
  aspp_pooling?: boolean;
  num_ch_dec?: number[];
  batch_norm?: boolean;
  n_project_skip_ch?: number;
}

/** The reference's `segmentation_args`. */
export interface SegmentationArgs {
  layers?: number[];
  layer_out_channels?: number;
  head_inter?: boolean;
  head_inter_channels?: number;
  output_stride?: number;
}

/** The reference's `replace_stride_with_dilation`. */
export type Dilation = [boolean, boolean, boolean];

/** Depth of a ResNet by the reference's name of it. */
export function resnetDepth(backbone: string): 18 | 50 | 101 {
  const depth = Number(backbone.replace('resnet', ''));
  if (depth === 18 || depth === 50 || depth === 101) return depth;
  throw new Error(`There is no backbone ${backbone}; resnet18, resnet50 and resnet101 exist.`);
}

/** Options of `depthDecoder` for the reference's; nothing is dropped out in the golden numbers. */
export const depthDecoderOptions = (args: DepthArgs, scales: number) => ({
  channels: (args.num_ch_dec ?? [16, 32, 64, 128, 256]) as [number, number, number, number, number],
  aspp: args.intermediate_aspp
    ? { rates: args.aspp_rates ?? [6, 12, 18], pooling: args.aspp_pooling ?? true, dropout: 0 }
    : null,
  batchNorm: args.batch_norm ?? false,
  dropout: 0,
  projectSkips: (args.n_project_skip_ch ?? -1) === -1 ? null : args.n_project_skip_ch!,
  scales: Array.from({ length: scales }, (_, scale) => scale),
});

/** Options of `jointSegmentationDecoder` for the reference's, with every level run as there. */
export const jointSegmentationOptions = (depth: DepthArgs, segmentation: SegmentationArgs, classes: number) => ({
  ...depthDecoderOptions(depth, 4),
  classes,
  layers: segmentation.layers ?? [9],
  layerChannels: segmentation.layer_out_channels ?? 64,
  layerDropout: 0,
  headInter: segmentation.head_inter ?? true,
  headInterChannels: segmentation.head_inter_channels ?? 64,
  headDropout: 0,
  outputStride: segmentation.output_stride ?? 1,
  runUnusedLevels: true,
});
