import { jointSegmentationDecoder, resnetEncoder } from '@segsde/models';
import type { SegmentationNetwork } from '@segsde/trainer/steps';
import type { Variable } from '@tensorflow/tfjs-core';
import { joinStateDicts, type StateDict } from './load-weights.ts';
import { jointSegmentationOptions } from './network-options.ts';
import type { TrainOptions } from './train-options.ts';

/** Encoder and segmentation decoder of a student or a teacher. */
export interface SegmentationNetworks extends SegmentationNetwork {
  parts: { encoder: Variable[]; segmentation: Variable[] };
  buffers: Variable[];
  /** Under the keys of the reference's checkpoints, `models.<part>.<key>`. */
  stateDict: StateDict;
  dispose(): void;
}

/** Builds the networks of a segmentation case. */
export function segmentationNetworks(options: TrainOptions): SegmentationNetworks {
  const encoder = resnetEncoder({ depth: options.backbone, dilation: options.dilation, seed: 1 });
  const decoder = jointSegmentationDecoder({
    encoderChannels: encoder.channels,
    ...jointSegmentationOptions(options.depthArgs, options.segmentationArgs, options.classes),
    seed: 1,
  });
  return {
    segment(image, { training }) {
      const features = encoder.apply(image, { training: training && !options.encoderBatchNormFrozen });
      return decoder.apply(features, { training });
    },
    parts: { encoder: encoder.variables, segmentation: decoder.variables },
    variables: [...encoder.variables, ...decoder.variables],
    buffers: [...encoder.buffers, ...decoder.buffers],
    stateDict: joinStateDicts({ 'models.encoder.': encoder.stateDict, 'models.segmentation.': decoder.stateDict }),
    dispose() {
      encoder.dispose();
      decoder.dispose();
    },
  };
}
