import { add, concat, mul, ones, randomUniform, relu, variable, zeros } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor4D, Variable } from '@tensorflow/tfjs-core';
import { resnetEncoder, type HasStateDict } from '@segsde/models';
import { batchNorm, batchNormTraining, conv2d, resizeBilinear } from '@segsde/ops';

/** Channels that the decoder's levels put out, from the coarsest. */
const LEVELS = [256, 128, 64, 32, 16];
/** Of the old value in running statistics; PyTorch counts from the other end, 0.1. */
const KEPT = 0.9;

export interface SegmentationNetwork extends HasStateDict {
  /** Trainable ones. */
  variables: Variable[];
  /**
   * A training pass: normalises with the batch's statistics and moves the running ones.
   *
   * @param image `[batch, height, width, 3]` in 0..1, height and width multiples of 32
   * @returns logits `[batch, height, width, classes]`
   */
  segment(image: Tensor4D): Tensor4D;
  /** The same with the running statistics, which stay as they are. */
  predict(image: Tensor4D): Tensor4D;
}

/**
 * ResNet-18 with a U-Net decoder: bilinear x2 with aligned corners, the encoder's map of that size
 * beside it, 3x3 convolution, batch normalisation, ReLU; at the image's size a 1x1 convolution
 * without bias.
 */
export function segmentationNetwork({ classes, seed }: { classes: number; seed: number }): SegmentationNetwork {
  const encoder = resnetEncoder({ depth: 18, seed });
  const own = new Map<string, Variable>();
  const create = (name: string, values: Tensor, trainable = true) => {
    const made = variable(values, trainable, name);
    own.set(name, made);
    return made;
  };
  const filter = (name: string, size: number, inputs: number, outputs: number) => {
    const limit = 1 / Math.sqrt(size * size * inputs);
    const values = randomUniform([size, size, inputs, outputs], -limit, limit, 'float32', seed + own.size);
    return create(name, values) as Variable & Tensor4D;
  };

  const skips = [...encoder.channels.slice(0, 4).reverse(), 0];
  const blocks = LEVELS.map((channels, level) => {
    const inputs = (LEVELS[level - 1] ?? encoder.channels[4]) + skips[level];
    return {
      weight: filter(`decoder.${level}.conv.weight`, 3, inputs, channels),
      gamma: create(`decoder.${level}.norm.weight`, ones([channels])) as Variable & Tensor1D,
      beta: create(`decoder.${level}.norm.bias`, zeros([channels])) as Variable & Tensor1D,
      runningMean: create(`decoder.${level}.norm.running_mean`, zeros([channels]), false),
      runningVariance: create(`decoder.${level}.norm.running_var`, ones([channels]), false),
    };
  });
  const head = filter('head.weight', 1, LEVELS[4], classes);

  type Block = (typeof blocks)[number];
  const trainNorm = (x: Tensor4D, { gamma, beta, runningMean, runningVariance }: Block) => {
    const { output, mean, variance } = batchNormTraining(x, gamma, beta);
    const count = x.shape[0] * x.shape[1] * x.shape[2];
    const follow = (running: Variable, batch: Tensor, factor: number) =>
      running.assign(add(mul(running, KEPT), mul(batch, factor)));
    follow(runningMean, mean, 1 - KEPT);
    follow(runningVariance, variance, ((1 - KEPT) * count) / (count - 1));
    return output;
  };
  const runningNorm = (x: Tensor4D, { gamma, beta, runningMean, runningVariance }: Block) =>
    batchNorm(x, { mean: runningMean as Tensor1D, variance: runningVariance as Tensor1D, gamma, beta });
  const apply = (image: Tensor4D, { training }: { training: boolean }) => {
    const features = encoder.apply(image, { training });
    const norm = training ? trainNorm : runningNorm;
    const logits = blocks.reduce((x, block, level) => {
      const larger = resizeBilinear(x, [2 * x.shape[1], 2 * x.shape[2]], { alignCorners: true });
      const skip = features[3 - level];
      const joined = skip ? concat([larger, skip], 3) : larger;
      return relu(norm(conv2d(joined, block.weight, { padding: 1 }), block));
    }, features[4]);
    return conv2d(logits, head);
  };

  const stateDict = new Map([...encoder.stateDict, ...own]);
  return {
    stateDict,
    variables: [...stateDict.values()].filter(({ trainable }) => trainable),
    segment: (image) => apply(image, { training: true }),
    predict: (image) => apply(image, { training: false }),
  };
}
