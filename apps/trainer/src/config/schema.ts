import { engineNames } from '@segsde/jit';
import { z } from 'zod';
import { bindPart, type Kind, type Part, type Registries } from '../parts/registries.ts';
import { contradictions } from './contradictions.ts';
import { describeIssues } from './issues.ts';

const count = () => z.int().positive();
const rate = () => z.number().nonnegative();
const share = () => z.number().min(0).max(1);
const size = () => z.tuple([count(), count()]);

/**
 * The whole config. Names of parts are looked up in `registries`, and their options checked by the
 * part's own schema, once: what comes out is the part itself, ready for use.
 */
export function configSchema(registries: Registries) {
  /**
   * `name` or `{ name, option... }`; the default is what a group of options without a name belongs
   * to.
   */
  const part = <K extends Kind>(kind: K, byDefault: string) =>
    z
      .union([z.string(), z.looseObject({ name: z.string().default(byDefault) })], {
        error: () => `must be the name of a ${kind}, or a group of keys with "name" and its options`,
      })
      .transform((value, context): Part<K> => {
        const bound = bindPart(registries, kind, typeof value === 'string' ? { name: value } : value);
        if (bound.success) return bound.part;
        if ('unknown' in bound) {
          const path = typeof value === 'string' ? [] : ['name'];
          context.issues.push({ code: 'custom', message: bound.unknown, path, input: value });
          return z.NEVER;
        }
        for (const { path, message } of describeIssues(bound.options, bound.issues)) {
          context.issues.push({ code: 'custom', message, path, input: value });
        }
        return z.NEVER;
      })
      .prefault(byDefault);

  const data = z.strictObject({
    dataset: part('dataset', 'cityscapes').describe('Layout of the folder: cityscapes, camvid or one of your own'),
    root: z
      .string()
      .nullable()
      .default(null)
      .describe("The dataset's folder, relative to the file that says so; null: the scenes rendered by this run"),
    split: z.string().default('train').describe('Split to learn from'),
    valSplit: z.string().default('val').describe('Split to evaluate on'),
    height: count().describe('Images are resized to this height'),
    width: count().describe('Images are resized to this width'),
  });

  const unlabelled = z.strictObject({
    mixing: part('mixing rule', 'depthmix').describe(
      'What is pasted where: depthmix, classmix, cutmix, none or your own',
    ),
    loss: part('consistency loss', 'pseudo-label').describe(
      "Student on the mixed image against the teacher's mixed prediction",
    ),
    weight: rate().default(1).describe('Weight of that loss'),
    startIteration: z.int().nonnegative().default(0).describe('Iterations before this one learn from labels only'),
    frames: z
      .enum(['all', 'unlabelled'])
      .default('all')
      .describe('Frames to mix: all of the training split, or only those without a label'),
    labelledShare: z
      .number()
      .min(0)
      .lt(1)
      .nullable()
      .default(null)
      .describe(
        'Share of the mixed frames that are labelled ones; the rarer kind is drawn again and again. null: as they come',
      ),
    useLabels: z.boolean().default(true).describe('Where a mixed frame has a label, use it instead of the prediction'),
    jitter: z
      .strictObject({
        probability: share().default(0.8).describe('Share of batches that are jittered'),
        strength: rate().default(0.25).describe('Range of brightness, contrast and saturation'),
        hue: z.number().min(0).max(0.5).default(0.25).describe('Range of the hue, in turns'),
      })
      .prefault({})
      .describe('Colour jitter of the mixed image'),
    blurProbability: share().default(0.5).describe('Share of mixed batches that are blurred'),
  });

  const variant = z.strictObject({
    name: z
      .string()
      .regex(/^[\w-]+$/, 'may have letters, digits, - and _ only')
      .describe('Names its row and its folder'),
    init: z
      .enum(['random', 'depth'])
      .default('random')
      .describe('Start from random weights, or from the depth network'),
    labels: z
      .enum(['random', 'selected'])
      .default('random')
      .describe('Which frames are labelled: drawn at random, or chosen by selection.method'),
    unlabelled: unlabelled.nullable().default(null).describe('How to learn from the other frames; null: not at all'),
  });

  const config = z.strictObject({
    name: z
      .string()
      .default('run')
      .describe('Title of the report; the run folder is runs/<name> unless --out says otherwise'),
    seed: z.int().nonnegative().default(1).describe('Everything random follows from it'),
    engine: z
      .enum(['auto', ...engineNames])
      .default('auto')
      .describe(
        'What runs the training steps; auto takes the fastest here, onnx-webgpu needs a graphics card, onnx-cuda and tensorflow must be installed (segsde engine install NAME)',
      ),
    precision: z
      .enum(['float32', 'bfloat16', 'float16'])
      .default('float32')
      .describe(
        'Numbers in which convolutions and matrix products of training steps compute; those of 16 bits need engine tensorflow, and gain on graphics cards and on processors with instructions for them',
      ),
    modules: z
      .array(z.string())
      .default([])
      .describe('TypeScript modules with parts of your own, relative to the file that names them'),
    scenes: z
      .strictObject({
        train: count().default(100).describe('Snippets to learn from'),
        val: count().default(20).describe('Snippets to evaluate on'),
        height: count().default(128),
        width: count().default(256),
        framesPerSnippet: z
          .int()
          .min(3)
          .refine((frames) => frames % 2 === 1, 'must be odd: the labelled frame is in the middle')
          .default(5)
          .describe('The labelled frame, and as many before it as after it'),
        seed: z.int().nonnegative().default(1).describe('Another seed is another set of streets'),
      })
      .nullable()
      .default(null)
      .describe('Street scenes to render first, in the layout of Cityscapes; null: none'),
    data: data.describe('Frames and labels for segmentation'),
    model: z
      .strictObject({
        encoder: part('encoder', 'resnet').describe('Shared by depth and segmentation'),
        decoder: part('depth decoder', 'unet').describe('From the encoder to disparity'),
        segmentation: part('segmentation decoder', 'joint').describe('From the encoder to classes'),
        pose: z
          .strictObject({
            width: count().default(64).describe("Channels of the pose network's first layer"),
            initialForward: z
              .number()
              .default(0)
              .describe(
                'How far ahead the camera moves from frame to frame before anything is learnt, in units of depth',
              ),
          })
          .prefault({})
          .describe('Estimates how the camera moved between two frames; only depth learning needs it'),
      })
      .prefault({}),
    depth: z
      .strictObject({
        data: data.nullable().default(null).describe('Video to learn depth from, if not that of `data`'),
        neighbours: z
          .array(z.int().refine((offset) => offset !== 0, 'must not be 0'))
          .min(1)
          .default([-1, 1])
          .describe('Frames that are warped onto the current one, by their distance in time'),
        scales: z
          .array(z.int().min(0).max(3))
          .refine(
            (scales) => scales.includes(0),
            'must include 0, the scale of the image, whose disparity is what is wanted',
          )
          .refine((scales) => new Set(scales).size === scales.length, 'must not repeat a scale')
          .default([0, 1, 2, 3])
          .describe('Decoder scales that get a loss'),
        minDepth: z.number().positive().default(0.1),
        maxDepth: z.number().positive().default(100),
        loss: part('depth loss', 'monodepth'),
        automaskFrom: z
          .int()
          .nonnegative()
          .default(0)
          .describe(
            'Iterations before this one count pixels that look the same unwarped, too: what is far moves too little to be learnt without them',
          ),
        iterations: count(),
        batchSize: count().default(4),
        crop: size().nullable().default(null).describe('Height and width of the random crop; null: the whole image'),
        flip: share().default(0.5).describe('Share of samples that are mirrored'),
        colorJitter: share().default(0.5).describe('Share of samples whose colours are jittered'),
        optimizer: part('optimizer', 'adam'),
        learningRates: z
          .strictObject({
            encoder: rate().default(1e-4),
            decoder: rate().default(1e-4),
            pose: rate().default(1e-4),
          })
          .prefault({}),
        schedule: part('schedule', 'constant'),
        clipNorm: z.number().positive().nullable().default(null).describe('Bound of the global gradient norm'),
        checkpointEvery: count().default(200).describe('Iterations between checkpoints'),
      })
      .nullable()
      .default(null)
      .describe('Learning depth from video; null: no depth'),
    selection: z
      .strictObject({
        method: part('acquisition function', 'random'),
        labels: count().describe('Number of labelled frames'),
        rounds: z
          .array(count())
          .default([])
          .describe('Numbers of labels after each round before the last; empty: all at once'),
        poolingRows: count().default(4).describe('Depth features are averaged to so many rows, twice as many columns'),
        student: z
          .strictObject({
            iterations: count().default(200),
            batchSize: count().default(4),
            crop: size().nullable().default(null),
            flip: share().default(0.5),
            optimizer: part('optimizer', 'adam'),
            learningRate: rate().default(1e-3),
            schedule: part('schedule', 'polynomial'),
            maskBottom: share()
              .default(0.1)
              .describe('Share of rows at the bottom that teach nothing, where the own car is in the picture'),
          })
          .prefault({})
          .describe('The network trained on the frames chosen so far, whose errors say where labels are missing'),
      })
      .describe('Which frames to label'),
    train: z
      .strictObject({
        variants: z
          .array(variant)
          .min(1)
          .refine((all) => new Set(all.map(({ name }) => name)).size === all.length, 'names must differ')
          .describe('Trainings to compare: same network, labels count and iterations'),
        iterations: count(),
        batchSize: count().default(2).describe('Labelled frames in a step'),
        unlabelledBatchSize: count().default(2).describe('Mixed frames in a step'),
        crop: size().nullable().default(null).describe('Height and width of the random crop; null: the whole image'),
        flip: share().default(0.5).describe('Share of samples that are mirrored'),
        loss: part('segmentation loss', 'cross-entropy'),
        classBalance: z
          .number()
          .min(0)
          .max(1)
          .default(0)
          .describe(
            'How much rare classes are favoured where labels are learnt: a class weighs 1 / (its share of the labelled pixels) to this power',
          ),
        optimizer: part('optimizer', 'sgd'),
        learningRates: z
          .strictObject({
            encoder: rate().default(1e-3),
            decoder: rate().default(1e-2),
          })
          .prefault({}),
        schedule: part('schedule', 'constant'),
        clipNorm: z.number().positive().nullable().default(10).describe('Bound of the global gradient norm'),
        teacherBatchNorm: z
          .enum(['batch', 'running'])
          .default('batch')
          .describe(
            "Statistics that the teacher normalises with: those of its batch, or the moving average of the student's",
          ),
        teacherDecay: share().default(0.99).describe("Largest decay of the teacher's moving average"),
        checkpointEvery: count().default(200).describe('Iterations between checkpoints'),
      })
      .describe('Training of the segmentation'),
    evaluate: z
      .strictObject({
        batchSize: count().default(4),
        network: z.enum(['student', 'teacher']).default('student').describe('Whose predictions are scored'),
      })
      .prefault({}),
    report: z
      .strictObject({
        panels: z.int().nonnegative().default(4).describe('Validation frames to draw'),
      })
      .prefault({}),
  });

  return config.superRefine((value, context) => {
    for (const { path, message } of contradictions(value)) {
      context.addIssue({ code: 'custom', path, message });
    }
  });
}

export type Config = z.infer<ReturnType<typeof configSchema>>;
export type DataConfig = Config['data'];
export type DepthConfig = NonNullable<Config['depth']>;
export type SelectionConfig = Config['selection'];
export type TrainConfig = Config['train'];
export type Variant = TrainConfig['variants'][number];
export type UnlabelledConfig = NonNullable<Variant['unlabelled']>;
