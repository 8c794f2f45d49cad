import type { Tensor4D, TensorLike } from '@tensorflow/tfjs-core';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import type { MixingInputs } from '../steps/mixing-mask.ts';
import { type Definition, definePart, type PartSpec } from './definition.ts';

export type { MixingInputs };

/**
 * A seeded generator of the pure-rand package: `uniformInt(random, 0, 9)` and its siblings take it.
 */
export type Random = RandomGenerator;

/** Random inputs of a mixing rule, by name. Their shapes must be the same for every batch. */
export type MixingDraws = Record<string, TensorLike>;
export interface MixingSize {
  batch: number;
  height: number;
  width: number;
  classes: number;
}
export interface MixingPart {
  /** Without it the rule works in runs that learn no depth; `disparity` is 0 there. */
  readonly usesDisparity: boolean;
  /** Plain arrays, drawn before each step from a seeded generator. */
  draw(random: Random, size: MixingSize): MixingDraws;
  /**
   * `[N,H,W,1]`: 1 keeps the image's own pixel, 0 takes that of the next image of the batch. It is
   * compiled: tensor operations only.
   */
  mask(inputs: MixingInputs): Tensor4D;
}

/**
 * A mixing rule for `train.variants[].unlabelled.mixing`. `mask` must not draw or read values:
 * random inputs come from `draw`.
 */
export const defineMixing = <Options>(
  spec: PartSpec<Options> & {
    /** Default true. */
    usesDisparity?: boolean;
    draw?(random: Random, size: MixingSize, options: Options): MixingDraws;
    mask(inputs: MixingInputs, options: Options): Tensor4D;
  },
): Definition<'mixing rule', MixingPart> =>
  definePart('mixing rule', spec, (options: Options) => ({
    usesDisparity: spec.usesDisparity ?? true,
    draw: (random, size) => spec.draw?.(random, size, options) ?? {},
    mask: (inputs) => spec.mask(inputs, options),
  }));
