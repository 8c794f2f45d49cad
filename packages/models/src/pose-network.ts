import {
  concat,
  reshape,
  slice,
  tidy,
  type Tensor2D,
  type Tensor3D,
  type Tensor4D,
  type Variable,
} from '@tensorflow/tfjs-core';
import type { Encoder } from './encoder.ts';
import type { Network } from './network.ts';
import { poseDecoder, type PoseDecoderOutputs } from './pose-decoder.ts';
import { seededResnetEncoder, type ResnetEncoderOptions } from './resnet-encoder.ts';

export interface PoseNetworkOptions {
  /** ResNet of the encoder. Default 18. */
  depth?: ResnetEncoderOptions['depth'];
  /** Channels of the encoder's stem. Default 64. */
  width?: number;
  /**
   * How far ahead the camera moves between two images as long as nothing is learnt, in the unit of
   * depth. Default 0.
   */
  initialForward?: number;
  seed: number;
}

export type Pose = {
  /** `[batch, 3]`: rotation axis times angle in radians. */
  axisAngle: Tensor2D;
  /** `[batch, 3]`. */
  translation: Tensor2D;
};

export interface PoseNetwork {
  encoder: Encoder;
  decoder: Network<PoseDecoderOutputs>;
  /**
   * Camera motion between two images `[batch, height, width, 3]` in 0..1, given in temporal order;
   * `poseMatrix` of `@segsde/ops` makes a matrix of it.
   */
  apply(imageA: Tensor4D, imageB: Tensor4D, options?: { training?: boolean }): Pose;
  variables: Variable[];
  buffers: Variable[];
  /** Keys `encoder.…` and `net.…`, which do not overlap. */
  stateDict: Map<string, Variable>;
  dispose(): void;
}

/**
 * Pose network for pairs of images: a ResNet on both, stacked, and the pose decoder on its last map
 * (docs/method.md, section 2.6).
 */
export function poseNetwork({ depth = 18, width = 64, initialForward, seed }: PoseNetworkOptions): PoseNetwork {
  const encoder = seededResnetEncoder({ depth, inputImages: 2, width, seed, seedPrefix: 'pose_encoder.' });
  const decoder = poseDecoder({ inputChannels: encoder.channels[4], initialForward, seed });
  const firstFrame = (x: Tensor3D): Tensor2D => reshape(slice(x, [0, 0, 0], [-1, 1, -1]), [-1, 3]);
  return {
    encoder,
    decoder,
    apply(imageA, imageB, options) {
      return tidy(() => {
        const features = encoder.apply(concat([imageA, imageB], 3), options);
        const { axisAngle, translation } = decoder.apply([features[4]], options);
        return { axisAngle: firstFrame(axisAngle), translation: firstFrame(translation) };
      });
    },
    variables: [...encoder.variables, ...decoder.variables],
    buffers: [...encoder.buffers, ...decoder.buffers],
    stateDict: new Map([...encoder.stateDict, ...decoder.stateDict]),
    dispose() {
      encoder.dispose();
      decoder.dispose();
    },
  };
}
