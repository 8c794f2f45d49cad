import type { MonodepthOptions } from '@segsde/losses';
import { z } from 'zod';
import type { Case } from './manifest.ts';
import { backbone, depthArgs, dilation, segmentationArgs } from './network-options.ts';
import { caseOptions, readOptions } from './read-options.ts';

const rate = z.number().nonnegative();
const iterations = z.number().int().positive();

/** The reference's optimiser: `lr` for what no other rate covers. */
const optimizer = z.discriminatedUnion('name', [
  z.strictObject({
    name: z.literal('sgd'),
    ...{ lr: rate, backbone_lr: rate.optional(), pose_lr: rate.optional() },
    ...{ depth_lr: rate.optional(), segmentation_lr: rate.optional() },
    momentum: z.number().optional(),
    weight_decay: z.number().optional(),
  }),
  z.strictObject({
    name: z.literal('adam'),
    ...{ lr: rate, backbone_lr: rate.optional(), pose_lr: rate.optional() },
    ...{ depth_lr: rate.optional(), segmentation_lr: rate.optional() },
    betas: z.tuple([z.number(), z.number()]).optional(),
    eps: z.number().positive().optional(),
    weight_decay: z.number().optional(),
  }),
]);
export type OptimizerOptions = z.output<typeof optimizer>;

/** The reference's schedule by its name and arguments. */
const schedule = z.discriminatedUnion('name', [
  z.strictObject({ name: z.literal('constant_lr') }),
  z.strictObject({ name: z.literal('poly_lr_2'), power: z.number().default(0.9), max_iter: iterations }),
  z.strictObject({ name: z.literal('step_lr'), step_size: iterations, gamma: z.number().default(0.1) }),
  z.strictObject({
    name: z.literal('multi_step'),
    milestones: z.array(z.number().int().nonnegative()),
    gamma: z.number().default(0.1),
  }),
]);
export type ScheduleOptions = z.output<typeof schedule>;

/** The reference's `monodepth_loss`. */
const monodepthLoss = z
  .strictObject({
    min_depth: z.number().positive().optional(),
    max_depth: z.number().positive().optional(),
    /** For the reference's evaluation. */
    test_min_depth: z.unknown().optional(),
    test_max_depth: z.unknown().optional(),
    disparity_smoothness: z.number().optional(),
    no_ssim: z.boolean().default(false),
    avg_reprojection: z.boolean().optional(),
    disable_automasking: z.boolean().default(false),
  })
  .transform((given): MonodepthOptions => ({
    minDepth: given.min_depth,
    maxDepth: given.max_depth,
    smoothness: given.disparity_smoothness,
    ssim: !given.no_ssim,
    averageReprojection: given.avg_reprojection,
    automask: !given.disable_automasking,
  }));

/** What says in which way networks are trained, by the reference's names. */
const training = {
  backbone_name: backbone.default(18),
  replace_stride_with_dilation: dilation,
  depth_args: depthArgs.prefault({}),
  segmentation_args: segmentationArgs.prefault({}),
  num_classes: z.number().int().positive().default(19),
  num_scales: z.number().int().min(1).max(4).default(4),
  /** The target, then its neighbours. */
  frame_ids: z.tuple([z.literal(0)], z.number().int()).default([0, -1, 1]),
  steps: iterations.default(1),
  optimizer,
  lr_schedule: schedule.nullish(),
  clip_grad_norm: z.number().positive().nullable().default(null),
  segmentation_lambda: z.number().default(1),
  monodepth_lambda: z.number().default(1),
  monodepth_loss: monodepthLoss.prefault({}),
  /** The encoder normalises with its running statistics, which then stay as they are. */
  freeze_backbone_bn: z.boolean().default(false),
  // What these ask for otherwise is not built.
  mix_mask: z.literal('depthcomp').optional(),
  pose_model_input: z.literal('pairs').optional(),
  provide_uncropped_for_pose: z.literal(false).optional(),
  pseudo_depth_lambda: z.literal(0).optional(),
  feat_dist_lambda: z.literal(0).optional(),
  amp: z.literal(false).optional(),
  save_monodepth_ema: z.literal(false).optional(),
  disable_depth_grad_clip: z.literal(false).optional(),
  segmentation_loss: z.strictObject({ name: z.literal('cross_entropy') }).optional(),
};

/** How the unlabelled images are mixed, by the reference's names. */
const mixing = {
  consistency_weight: z.number(),
  margin: z.number(),
  /** A range would be drawn from, and these cases come without draws. */
  ft: z.number(),
  is_labeled: z.array(z.boolean()),
  backward_first_pseudo_label: z.literal(false).optional(),
  depthmix_online_depth: z.literal(false).optional(),
};

const trainingOptions = caseOptions(training);
const mixedTrainingOptions = caseOptions({ ...training, ...mixing });
/** The reference's resolved options tell of more than its steps. */
const resolvedOptions = z.object(training);

/** What a training case says about its networks and steps. */
export interface TrainOptions {
  backbone: 18 | 50 | 101;
  dilation?: [boolean, boolean, boolean];
  depthArgs: z.output<typeof depthArgs>;
  segmentationArgs: z.output<typeof segmentationArgs>;
  classes: number;
  scales: number;
  /** Distances in time from the target. */
  neighbours: number[];
  steps: number;
  optimizer: OptimizerOptions;
  schedule: ScheduleOptions;
  clipNorm: number | null;
  segmentationWeight: number;
  monodepthWeight: number;
  monodepth: MonodepthOptions;
  encoderBatchNormFrozen: boolean;
}

/**
 * Reads the options of a training case; what the short `options` leave out stands in the resolved
 * ones of `info`.
 *
 * @throws Error that names an option that is not supported
 */
export function trainOptions({
  kind,
  name,
  options,
  info,
}: Pick<Case, 'kind' | 'name' | 'options' | 'info'>): TrainOptions {
  readOptions({ name, options }, kind === 'train_depthmix' ? mixedTrainingOptions : trainingOptions);
  const resolved = z.record(z.string(), z.unknown()).optional();
  const { model_options: model, training_options: trained } = z
    .object({ model_options: resolved, training_options: resolved })
    .parse(info);
  const given = readOptions({ name, options: { ...model, ...trained, ...options } }, resolvedOptions);
  return {
    backbone: given.backbone_name,
    dilation: given.replace_stride_with_dilation,
    depthArgs: given.depth_args,
    segmentationArgs: given.segmentation_args,
    classes: given.num_classes,
    scales: given.num_scales,
    neighbours: given.frame_ids.slice(1),
    steps: given.steps,
    optimizer: given.optimizer,
    schedule: given.lr_schedule ?? { name: 'constant_lr' },
    clipNorm: given.clip_grad_norm,
    segmentationWeight: given.segmentation_lambda,
    monodepthWeight: given.monodepth_lambda,
    monodepth: given.monodepth_loss,
    encoderBatchNormFrozen: given.freeze_backbone_bn,
  };
}

/** What a case of depth-mixed images says about them. */
export interface MixOptions {
  consistencyWeight: number;
  margin: number;
  foregroundThreshold: number;
  /** Of each unlabelled image whether its label may be used. */
  isLabelled: boolean[];
}

/** Reads how the images of a case are mixed. */
export function mixOptions(item: Pick<Case, 'name' | 'options'>): MixOptions {
  const given = readOptions(item, mixedTrainingOptions);
  return {
    consistencyWeight: given.consistency_weight,
    margin: given.margin,
    foregroundThreshold: given.ft,
    isLabelled: given.is_labeled,
  };
}
