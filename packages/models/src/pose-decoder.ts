import { reshape, slice, sub, tensor1d, tidy, type Tensor3D } from '@tensorflow/tfjs-core';
import { layers, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { globalMean } from './layers/global-mean.ts';
import { scale } from './layers/scale.ts';
import { buildNetwork } from './network-builder.ts';
import type { Network } from './network.ts';

/**
 * What the decoder's numbers are multiplied by, so that an untrained network predicts little
 * motion.
 */
const OUTPUT_SCALE = 0.01;
const SQUEEZED = 256;

export interface PoseDecoderOptions {
  /** Channels of the encoder's last map. */
  inputChannels: number;
  /** Maps that are decoded together, each the last one of an encoder's pass. Default 1. */
  inputFeatures?: number;
  /** Poses predicted at once. Default 2, as in the reference, of which pairs use the first. */
  frames?: number;
  /**
   * How far ahead the camera moves between two frames as long as nothing is learnt: what it moves
   * towards comes closer, so this is taken from the z of every translation. Default 0.
   */
  initialForward?: number;
  seed: number;
}

export type PoseDecoderOutputs = {
  /** `[batch, frames, 3]`: rotation axis times angle in radians. */
  axisAngle: Tensor3D;
  /** `[batch, frames, 3]`. */
  translation: Tensor3D;
};

/**
 * Pose head (docs/method.md, section 2.6): rotations and translations, times 0.01, from the last
 * maps of as many encoder passes as `inputFeatures` says. The same 1x1 convolution squeezes each
 * map, and the results are concatenated along the channels.
 *
 * Its input is a list of maps, each `[batch, h, w, inputChannels]`.
 */
export function poseDecoder({
  inputChannels,
  inputFeatures = 1,
  frames = 2,
  initialForward = 0,
  seed,
}: PoseDecoderOptions): Network<PoseDecoderOutputs> {
  const maps = Array<number>(inputFeatures).fill(inputChannels);
  const network = buildNetwork({ name: 'pose', inputChannels: maps, seed }, (features, build) => {
    const layer = (i: number, from: number, filters: number, kernelSize: 1 | 3) =>
      build.convolution(`net.${i}`, {
        inputChannels: from,
        filters,
        kernelSize,
        padding: kernelSize === 3 ? 1 : 0,
        bias: true,
      });
    const squeeze = layer(0, inputChannels, SQUEEZED, 1);
    const steps = [
      ...[layer(1, inputFeatures * SQUEEZED, SQUEEZED, 3), build.activation('relu1', 'relu')],
      ...[layer(2, SQUEEZED, SQUEEZED, 3), build.activation('relu2', 'relu')],
      layer(3, SQUEEZED, 6 * frames, 1),
    ];
    const squeezed = features.map((feature, i) => build.activation(`relu0.${i}`, 'relu')(squeeze(feature)));
    const joined =
      squeezed.length === 1
        ? squeezed[0]
        : (layers.concatenate({ axis: 3, name: 'concat' }).apply(squeezed) as SymbolicTensor);
    const poses = steps.reduce((x, step) => step(x), joined);
    return [scale(globalMean(poses, { name: 'mean' }), { factor: OUTPUT_SCALE, name: 'scale' })];
  });
  if (initialForward !== 0) {
    const bias = network.stateDict.get('net.3.bias')!;
    const ahead = Array.from({ length: 6 * frames }, (_, i) => (i % 6 === 5 ? initialForward / OUTPUT_SCALE : 0));
    tidy(() => bias.assign(sub(bias, tensor1d(ahead))));
  }
  return {
    ...network,
    apply(features, applyOptions) {
      return tidy(() => {
        const poses: Tensor3D = reshape(network.apply(features, applyOptions)[0], [-1, frames, 6]);
        return { axisAngle: slice(poses, [0, 0, 0], [-1, -1, 3]), translation: slice(poses, [0, 0, 3], [-1, -1, 3]) };
      });
    },
  };
}
