import type { Tensor4D } from '@tensorflow/tfjs-core';
import { jointSegmentationDecoder, resnetEncoder, toStateDict, type StoredTensor } from '@segsde/models';
import type { SegmentationNetwork } from '@segsde/trainer/steps';

export interface SegmentationSize {
  depth: 18 | 50 | 101;
  /** Channels of the encoder's stem. Default 64. */
  width?: number;
  /** Of the U-Net's levels, finest first. */
  channels: number[];
  classes: number;
  seed: number;
}

export interface SegmentationParts extends SegmentationNetwork {
  encoder: ReturnType<typeof resnetEncoder>;
  decoder: ReturnType<typeof jointSegmentationDecoder>;
  /** Its weights as they are now, `prefix` before their names. */
  weights(prefix: string): Promise<[string, StoredTensor][]>;
}

/**
 * The segmentation network of the reference's label selection: an encoder whose last stage is
 * dilated (ResNet-18's cannot be), a U-Net with batch normalisation that begins with an atrous
 * spatial pyramid, and a 3x3 head on layer 8 at half the image's size.
 */
export function segmentationParts({ depth, width, channels, classes, seed }: SegmentationSize): SegmentationParts {
  const encoder = resnetEncoder({ depth, width, dilation: [false, false, depth !== 18], seed });
  const decoder = jointSegmentationDecoder({
    ...{ encoderChannels: encoder.channels, channels, classes, seed },
    ...{ aspp: { rates: [6, 12, 18] }, batchNorm: true },
    ...{ layers: [8], headInter: true, headDropout: 0, outputStride: 2 },
  });
  const segment: SegmentationNetwork['segment'] = (image: Tensor4D, mode) =>
    decoder.apply(encoder.apply(image, { training: mode.training }), mode);
  return {
    ...{ encoder, decoder, segment },
    variables: [...encoder.variables, ...decoder.variables],
    weights: async (prefix) => [
      ...(await toStateDict(encoder, { prefix: `${prefix}encoder.` })),
      ...(await toStateDict(decoder, { prefix: `${prefix}decoder.` })),
    ],
  };
}
