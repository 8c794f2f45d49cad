import type { Tensor4D } from '@tensorflow/tfjs-core';
import type { DepthDecoderOutputs, Network } from '@segsde/models';
import { type Definition, definePart, type PartSpec } from './definition.ts';

/** Encoder maps to disparities by scale and to decoder features by level. */
export type DepthDecoder = Network<DepthDecoderOutputs>;
/** Encoder maps to logits `[N,H,W,classes]`. */
export type SegmentationDecoder = Network<Tensor4D>;

export interface DepthDecoderContext {
  encoderChannels: number[];
  /** The scales whose disparity is wanted; scale s has 1 / 2^s of the image's size. */
  scales: number[];
  seed: number;
}

export interface SegmentationDecoderContext {
  encoderChannels: number[];
  classes: number;
  /**
   * What `model.decoder` says: a segmentation decoder that starts from depth contains its U-Net.
   */
  depthDecoder: { name: string; options: object };
  seed: number;
}

export interface DepthDecoderPart {
  build(context: DepthDecoderContext): DepthDecoder;
}
export interface SegmentationDecoderPart {
  build(context: SegmentationDecoderContext): SegmentationDecoder;
}
export type DepthDecoderDefinition = Definition<'depth decoder', DepthDecoderPart>;
export type SegmentationDecoderDefinition = Definition<'segmentation decoder', SegmentationDecoderPart>;

type DepthSpec<Options> = PartSpec<Options> & {
  task: 'depth';
  build(options: Options, context: DepthDecoderContext): DepthDecoder;
};
type SegmentationSpec<Options> = PartSpec<Options> & {
  task: 'segmentation';
  build(options: Options, context: SegmentationDecoderContext): SegmentationDecoder;
};

/** A decoder: of depth, for `model.decoder`, or of classes, for `model.segmentation`. */
export function defineDecoder<Options>(spec: DepthSpec<Options>): DepthDecoderDefinition;
export function defineDecoder<Options>(spec: SegmentationSpec<Options>): SegmentationDecoderDefinition;
export function defineDecoder<Options>(
  spec: DepthSpec<Options> | SegmentationSpec<Options>,
): DepthDecoderDefinition | SegmentationDecoderDefinition {
  if (spec.task === 'depth') {
    return definePart('depth decoder', spec, (options: Options): DepthDecoderPart => ({
      build: (context) => spec.build(options, context),
    }));
  }
  return definePart('segmentation decoder', spec, (options: Options): SegmentationDecoderPart => ({
    build: (context) => spec.build(options, context),
  }));
}
