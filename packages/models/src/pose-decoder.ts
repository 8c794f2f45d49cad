import { reshape, slice, tidy, type Tensor3D, type Tensor4D } from '@tensorflow/tfjs-core';
import { globalMean } from './layers/global-mean.ts';
import { scale } from './layers/scale.ts';
import { buildNetwork } from './network-builder.ts';
import type { Network } from './network.ts';

export interface PoseDecoderOptions {
  /** Channels of the encoder's last map. */
  inputChannels: number;
  /** Poses predicted at once. Default 2, as in the reference, of which pairs use the first. */
  frames?: number;
  seed: number;
}

export type PoseDecoderOutputs = {
  /** `[batch, frames, 3]`: rotation axis times angle in radians. */
  axisAngle: Tensor3D;
  /** `[batch, frames, 3]`. */
  translation: Tensor3D;
};

/** Pose head on the encoder's last map `[batch, h, w, inputChannels]`: rotations and translations, times 0.01 (METHOD 2.6). */
export function poseDecoder({
  inputChannels,
  frames = 2,
  seed,
}: PoseDecoderOptions): Network<PoseDecoderOutputs, Tensor4D> {
  const network = buildNetwork({ name: 'pose', inputChannels: [inputChannels], seed }, ([feature], build) => {
    const layer = (i: number, from: number, filters: number, kernelSize: 1 | 3) =>
      build.convolution(`net.${i}`, {
        inputChannels: from,
        filters,
        kernelSize,
        padding: kernelSize === 3 ? 1 : 0,
        bias: true,
      });
    const steps = [
      ...[layer(0, inputChannels, 256, 1), build.activation('relu0', 'relu')],
      ...[layer(1, 256, 256, 3), build.activation('relu1', 'relu')],
      ...[layer(2, 256, 256, 3), build.activation('relu2', 'relu')],
      layer(3, 256, 6 * frames, 1),
    ];
    const poses = steps.reduce((x, step) => step(x), feature);
    return [scale(globalMean(poses, { name: 'mean' }), { factor: 0.01, name: 'scale' })];
  });
  return {
    ...network,
    apply(feature, applyOptions) {
      return tidy(() => {
        const poses: Tensor3D = reshape(network.apply([feature], applyOptions)[0], [-1, frames, 6]);
        return { axisAngle: slice(poses, [0, 0, 0], [-1, -1, 3]), translation: slice(poses, [0, 0, 3], [-1, -1, 3]) };
      });
    },
  };
}
