import type { Scalar, Tensor, Tensor3D, Tensor4D, TensorLike } from '@tensorflow/tfjs-core';
import { type Dataset, disparityFile, readDisparity } from '@segsde/data-loaders';
import type { MonodepthInputs, MonodepthLoss } from '@segsde/losses';
import type { DepthDecoderOutputs, Encoder, Network } from '@segsde/models';
import type { Optimizer, ParameterGroup } from '@segsde/optim';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import { z } from 'zod';
import { type Choice, optionsOf } from './choice.ts';

/** A seeded generator of the pure-rand package: `uniformInt(random, 0, 9)` and its siblings take it. */
export type Random = RandomGenerator;

/** What every definition carries: `kind` says which registry it goes to, `options` which keys it allows in the YAML. */
interface Tagged<Kind extends string> {
  readonly kind: Kind;
  readonly name: string;
  readonly options: z.ZodType;
}

/** What an author may say about options: a zod object schema. Left out, the part takes no options. */
interface Named<Options> {
  name: string;
  options?: z.ZodType<Options>;
}

const reader = <Options>(definition: Named<Options>) => {
  const options = definition.options ?? (z.strictObject({}) as unknown as z.ZodType<Options>);
  return { name: definition.name, options, read: (choice: Choice) => options.parse(optionsOf(choice)) };
};

/* Encoders ------------------------------------------------------------------------------------------------------------ */

/** An image `[N,H,W,3]` to five feature maps, finest first. */
export type { Encoder };

export interface EncoderDefinition extends Tagged<'encoder'> {
  build(choice: Choice, context: { seed: number }): Encoder;
}

/** An encoder for `model.encoder` in the YAML. */
export function defineEncoder<Options>(
  definition: Named<Options> & { build(options: Options, context: { seed: number }): Encoder },
): EncoderDefinition {
  const { name, options, read } = reader(definition);
  return { kind: 'encoder', name, options, build: (choice, context) => definition.build(read(choice), context) };
}

/* Decoders ------------------------------------------------------------------------------------------------------------ */

/** Encoder maps to disparities by scale and to decoder features by level. */
export type DepthDecoder = Network<DepthDecoderOutputs>;
/** Encoder maps to logits `[N,H,W,classes]`. */
export type SegmentationDecoder = Network<Tensor4D>;

export interface DepthDecoderContext {
  encoderChannels: number[];
  scales: number[];
  seed: number;
}
export interface SegmentationDecoderContext {
  encoderChannels: number[];
  classes: number;
  /** What `model.decoder` says: a segmentation decoder that starts from depth contains the same U-Net. */
  depthDecoder: Choice;
  seed: number;
}

export interface DepthDecoderDefinition extends Tagged<'decoder'> {
  readonly task: 'depth';
  build(choice: Choice, context: DepthDecoderContext): DepthDecoder;
}
export interface SegmentationDecoderDefinition extends Tagged<'decoder'> {
  readonly task: 'segmentation';
  build(choice: Choice, context: SegmentationDecoderContext): SegmentationDecoder;
}
export type DecoderDefinition = DepthDecoderDefinition | SegmentationDecoderDefinition;

/** A decoder: of depth, for `model.decoder`, or of classes, for `model.segmentation`. */
export function defineDecoder<Options>(
  definition: Named<Options> & {
    task: 'depth';
    build(options: Options, context: DepthDecoderContext): DepthDecoder;
  },
): DepthDecoderDefinition;
export function defineDecoder<Options>(
  definition: Named<Options> & {
    task: 'segmentation';
    build(options: Options, context: SegmentationDecoderContext): SegmentationDecoder;
  },
): SegmentationDecoderDefinition;
export function defineDecoder<Options>(
  definition: Named<Options> &
    (
      | { task: 'depth'; build(options: Options, context: DepthDecoderContext): DepthDecoder }
      | { task: 'segmentation'; build(options: Options, context: SegmentationDecoderContext): SegmentationDecoder }
    ),
): DecoderDefinition {
  const { name, options, read } = reader(definition);
  if (definition.task === 'depth') {
    const { task, build } = definition;
    return { kind: 'decoder', task, name, options, build: (choice, context) => build(read(choice), context) };
  }
  const { task, build } = definition;
  return { kind: 'decoder', task, name, options, build: (choice, context) => build(read(choice), context) };
}

/* Losses -------------------------------------------------------------------------------------------------------------- */

/** Logits `[N,h,w,classes]` against trainIds `[N,H,W]`, 255 = ignore. */
export type SegmentationLoss = (logits: Tensor4D, labels: Tensor3D) => Scalar;
/** The student's logits against the teacher's mixed probabilities, both `[N,H,W,classes]`. */
export type ConsistencyLoss = (logits: Tensor4D, probabilities: Tensor4D) => Scalar;
/** Takes and returns what `monodepthLoss` of @segsde/losses takes and returns. */
export type DepthLoss = (inputs: MonodepthInputs) => MonodepthLoss;

interface LossOf {
  segmentation: SegmentationLoss;
  consistency: ConsistencyLoss;
  depth: DepthLoss;
}
export type LossTask = keyof LossOf;

export interface LossContext {
  /** The depth range of the config, which depth losses need. */
  minDepth: number;
  maxDepth: number;
  /** For losses on labels: what a pixel of each class weighs, by `train.classBalance`; null: all weigh the same. */
  classWeights: readonly number[] | null;
}

export interface LossDefinitionOf<Task extends LossTask> extends Tagged<'loss'> {
  readonly task: Task;
  create(choice: Choice, context: LossContext): LossOf[Task];
}
export type LossDefinition = { [Task in LossTask]: LossDefinitionOf<Task> }[LossTask];

/** A loss: `task: 'segmentation'` for `train.loss`, `'consistency'` for `unlabelled.loss`, `'depth'` for `depth.loss`. */
export function defineLoss<Task extends LossTask, Options>(
  definition: Named<Options> & {
    task: Task;
    create(options: Options, context: LossContext): LossOf[Task];
  },
): LossDefinitionOf<Task> {
  const { name, options, read } = reader(definition);
  return {
    kind: 'loss',
    task: definition.task,
    name,
    options,
    create: (choice, context) => definition.create(read(choice), context),
  };
}

/* Mixing rules -------------------------------------------------------------------------------------------------------- */

/** Random inputs of a mixing rule, by name. Their shapes must be the same for every batch. */
export type MixingDraws = Record<string, TensorLike>;
export interface MixingSize {
  batch: number;
  height: number;
  width: number;
  classes: number;
}
export interface MixingInputs {
  /** `[N,H,W,1]` in 0..1, larger = closer. */
  disparity: Tensor4D;
  /** The teacher's choice of class for each pixel, int32 `[N,H,W]`. */
  labels: Tensor3D;
  /** What `draw` returned, as tensors. */
  draws: Record<string, Tensor>;
}

export interface MixingDefinition extends Tagged<'mixing'> {
  /** Without it the rule works in runs that learn no depth; `disparity` is 0 there. */
  readonly usesDisparity: boolean;
  /** Plain arrays, drawn before each step from a seeded generator. */
  draw(choice: Choice, random: Random, size: MixingSize): MixingDraws;
  /** `[N,H,W,1]`: 1 keeps the image's own pixel, 0 takes that of the next image of the batch. Compiled: tensor operations only. */
  mask(choice: Choice, inputs: MixingInputs): Tensor4D;
}

/** A mixing rule for `train.variants[].unlabelled.mixing`. `mask` must not draw or read values: random inputs come from `draw`. */
export function defineMixing<Options>(
  definition: Named<Options> & {
    /** Default true. */
    usesDisparity?: boolean;
    draw?(random: Random, size: MixingSize, options: Options): MixingDraws;
    mask(inputs: MixingInputs, options: Options): Tensor4D;
  },
): MixingDefinition {
  const { name, options, read } = reader(definition);
  return {
    kind: 'mixing',
    name,
    options,
    usesDisparity: definition.usesDisparity ?? true,
    draw: (choice, random, size) => definition.draw?.(random, size, read(choice)) ?? {},
    mask: (choice, inputs) => definition.mask(inputs, read(choice)),
  };
}

/* Acquisition functions ----------------------------------------------------------------------------------------------- */

/** What an acquisition function may ask for beyond the frames' number. Only what is asked for is computed. */
export type AcquisitionNeed = 'features' | 'uncertainty' | 'entropy';

export interface AcquisitionInputs {
  /** How many frames to add. */
  count: number;
  /** Number of frames to choose from; indices are positions in the sorted list of training frames. */
  size: number;
  /** Indices labelled so far, in the order of choice; empty in the first round. */
  chosen: readonly number[];
  /** For whatever is drawn at random. */
  seed: number;
  /** `size` rows of `length` pooled depth features. */
  features?: { data: Float32Array; length: number };
  /** Per frame, by how much a student trained on the chosen frames misses the depth teacher; absent in the first round. */
  uncertainty?: Float32Array;
  /** Per frame, mean entropy of the segmentation trained on the chosen frames; absent in the first round. */
  entropy?: Float32Array;
}

export interface AcquisitionDefinition extends Tagged<'acquisition'> {
  readonly needs: readonly AcquisitionNeed[];
  /** `count` new indices, most wanted first. */
  choose(choice: Choice, inputs: AcquisitionInputs): number[];
}

/** An acquisition function for `selection.method`: plain arrays in, chosen indices out. */
export function defineAcquisition<Options>(
  definition: Named<Options> & {
    needs?: readonly AcquisitionNeed[];
    choose(inputs: AcquisitionInputs, options: Options): number[];
  },
): AcquisitionDefinition {
  const { name, options, read } = reader(definition);
  return {
    kind: 'acquisition',
    name,
    options,
    needs: definition.needs ?? [],
    choose: (choice, inputs) => definition.choose(inputs, read(choice)),
  };
}

/* Datasets ------------------------------------------------------------------------------------------------------------ */

export interface DatasetContext {
  /** Absolute path of the folder that the config or the command line names. */
  root: string;
  split: string;
}

export interface DatasetDefinition extends Tagged<'dataset'> {
  open(choice: Choice, context: DatasetContext): Promise<Dataset>;
}

/** A dataset that does not read exported disparities itself gets them here. */
const withDisparity = (dataset: Dataset): Dataset => ({
  ...dataset,
  async load(which, options) {
    const sample = await dataset.load(which, options);
    if (options.disparity === undefined || sample.disparity) return sample;
    return { ...sample, disparity: await readDisparity(disparityFile(options.disparity, sample.id)) };
  },
});

/** A dataset for `data.dataset`: how to find the frames of a split below a folder, and how to load one. */
export function defineDataset<Options>(
  definition: Named<Options> & {
    open(context: DatasetContext, options: Options): Dataset | Promise<Dataset>;
  },
): DatasetDefinition {
  const { name, options, read } = reader(definition);
  return {
    kind: 'dataset',
    name,
    options,
    open: async (choice, context) => withDisparity(await definition.open(context, read(choice))),
  };
}

/* Schedules and optimisers -------------------------------------------------------------------------------------------- */

/** The factor on the learning rates at an iteration, counted from 0. */
export type Schedule = (iteration: number) => number;

export interface ScheduleDefinition extends Tagged<'schedule'> {
  create(choice: Choice, context: { iterations: number }): Schedule;
}

/** A schedule of the learning rate; `context.iterations` is the length of the training it is used in. */
export function defineSchedule<Options>(
  definition: Named<Options> & { create(options: Options, context: { iterations: number }): Schedule },
): ScheduleDefinition {
  const { name, options, read } = reader(definition);
  return { kind: 'schedule', name, options, create: (choice, context) => definition.create(read(choice), context) };
}

export interface OptimizerDefinition extends Tagged<'optimizer'> {
  create(choice: Choice, groups: ParameterGroup[]): Optimizer;
}

/** An optimiser over groups of variables; the learning rates come with each step. */
export function defineOptimizer<Options>(
  definition: Named<Options> & { create(groups: ParameterGroup[], options: Options): Optimizer },
): OptimizerDefinition {
  const { name, options, read } = reader(definition);
  return { kind: 'optimizer', name, options, create: (choice, groups) => definition.create(groups, read(choice)) };
}

export type Definition =
  | EncoderDefinition
  | DecoderDefinition
  | LossDefinition
  | MixingDefinition
  | AcquisitionDefinition
  | DatasetDefinition
  | ScheduleDefinition
  | OptimizerDefinition;
