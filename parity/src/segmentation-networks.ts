import { jointSegmentationDecoder, resnetEncoder } from '@segsde/models';
import type { Tensor4D, Variable } from '@tensorflow/tfjs-core';
import { joinStateDicts, type StateDict } from './load-weights.ts';
import { jointSegmentationOptions, resnetDepth } from './network-options.ts';
import type { TrainOptions } from './train-options.ts';

/** Encoder and segmentation decoder of a student or a teacher. */
export interface SegmentationNetworks {
  /** Logits in training mode of images in 0..1. */
  segment(image: Tensor4D): Tensor4D;
  parts: { encoder: Variable[]; segmentation: Variable[] };
  variables: Variable[];
  /** Under the keys of the reference's checkpoints, `models.<part>.<key>`. */
  stateDict: StateDict;
  dispose(): void;
}

/** Builds the networks of a segmentation case. */
export function segmentationNetworks(options: TrainOptions): SegmentationNetworks {
  const encoder = resnetEncoder({ depth: resnetDepth(options.backbone), dilation: options.dilation, seed: 1 });
  const decoder = jointSegmentationDecoder({
    encoderChannels: encoder.channels,
    ...jointSegmentationOptions(options.depthArgs, options.segmentationArgs, options.classes),
    seed: 1,
  });
  const training = !options.encoderBatchNormFrozen;
  return {
    segment: (image) => decoder.apply(encoder.apply(image, { training }), { training: true }),
    parts: { encoder: encoder.variables, segmentation: decoder.variables },
    variables: [...encoder.variables, ...decoder.variables],
    stateDict: joinStateDicts({ 'models.encoder.': encoder.stateDict, 'models.segmentation.': decoder.stateDict }),
    dispose() {
      encoder.dispose();
      decoder.dispose();
    },
  };
}
