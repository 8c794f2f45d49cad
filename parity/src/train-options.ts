import type { MonodepthOptions } from '@segsde/losses';
import type { Case } from './manifest.ts';
import type { DepthArgs, Dilation, SegmentationArgs } from './network-options.ts';

/** The reference's schedule by its name and arguments. */
export interface ScheduleOptions {
  name: string;
  power?: number;
  max_iter?: number;
  step_size?: number;
  milestones?: number[];
  gamma?: number;
}

/** The reference's optimiser: `lr` for what no other rate covers. */
export interface OptimizerOptions {
  name: string;
  lr: number;
  backbone_lr?: number;
  pose_lr?: number;
  depth_lr?: number;
  segmentation_lr?: number;
  momentum?: number;
  weight_decay?: number;
  betas?: [number, number];
  eps?: number;
}

/** What a training case says about its networks and steps. */
export interface TrainOptions {
  backbone: string;
  dilation?: Dilation;
  depthArgs: DepthArgs;
  segmentationArgs: SegmentationArgs;
  classes: number;
  scales: number;
  frames: number[];
  steps: number;
  optimizer: OptimizerOptions;
  schedule?: ScheduleOptions;
  clipNorm?: number;
  segmentationWeight: number;
  monodepthWeight: number;
  monodepth: MonodepthOptions;
  /** The encoder normalises with its running statistics, which then stay as they are. */
  encoderBatchNormFrozen: boolean;
}

/** The reference's `monodepth_loss`. */
interface MonodepthArgs {
  min_depth?: number;
  max_depth?: number;
  disparity_smoothness?: number;
  no_ssim?: boolean;
  avg_reprojection?: boolean;
  disable_automasking?: boolean;
}

/** Reads the options of a training case; what the short `options` leave out stands in the resolved ones of `info`. */
export function trainOptions({ options, info }: Case): TrainOptions {
  const model = (info.model_options ?? {}) as Record<string, unknown>;
  const training = (info.training_options ?? {}) as Record<string, unknown>;
  const pick = <T>(name: string, fallback?: T) => (options[name] ?? training[name] ?? model[name] ?? fallback) as T;
  const monodepth = pick<MonodepthArgs>('monodepth_loss', {});
  const poseInput = pick('pose_model_input', 'pairs');
  if (poseInput !== 'pairs') throw new Error(`pose_model_input ${poseInput}: only pairs are supported.`);
  return {
    backbone: pick('backbone_name', 'resnet18'),
    dilation: pick<Dilation | null>('replace_stride_with_dilation', null) ?? undefined,
    depthArgs: pick('depth_args', {}),
    segmentationArgs: pick('segmentation_args', {}),
    classes: pick('num_classes', 19),
    scales: pick('num_scales', 4),
    frames: pick('frame_ids', [0, -1, 1]),
    steps: pick('steps', 1),
    optimizer: pick<OptimizerOptions>('optimizer'),
    schedule: pick<ScheduleOptions | null>('lr_schedule', null) ?? undefined,
    clipNorm: pick<number | null>('clip_grad_norm', null) ?? undefined,
    segmentationWeight: pick('segmentation_lambda', 1),
    monodepthWeight: pick('monodepth_lambda', 1),
    monodepth: {
      minDepth: monodepth.min_depth,
      maxDepth: monodepth.max_depth,
      smoothness: monodepth.disparity_smoothness,
      ssim: !(monodepth.no_ssim ?? false),
      averageReprojection: monodepth.avg_reprojection,
      automask: !(monodepth.disable_automasking ?? false),
    },
    encoderBatchNormFrozen: pick('freeze_backbone_bn', false),
  };
}
