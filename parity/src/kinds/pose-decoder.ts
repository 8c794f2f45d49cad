import { poseDecoder } from '@segsde/models';
import { reshape } from '@tensorflow/tfjs-core';
import type { Adapter } from '../context.ts';
import { networkCase } from './network-case.ts';

/** Rotations and translations of all predicted frames. */
export const poseDecoderCase: Adapter = (context) => {
  const options = context.case.options as { num_input_features: number; num_frames_to_predict_for: number };
  const network = poseDecoder({
    inputChannels: context.case.inputs[0].shape[1],
    inputFeatures: options.num_input_features,
    frames: options.num_frames_to_predict_for,
    seed: 1,
  });
  return networkCase(context, {
    network,
    forward: (features, training) => {
      const { axisAngle, translation } = network.apply(features, { training });
      const [batch, frames] = axisAngle.shape;
      return {
        plain: {
          axisangle: reshape(axisAngle, [batch, frames, 1, 3]),
          translation: reshape(translation, [batch, frames, 1, 3]),
        },
      };
    },
  });
};
