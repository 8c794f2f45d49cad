import { poseDecoder } from '@segsde/models';
import { reshape } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import type { Adapter } from '../context.ts';
import { caseOptions, readOptions } from '../read-options.ts';
import { networkCase } from './network-case.ts';

const schema = caseOptions({
  num_input_features: z.number().int().positive(),
  num_frames_to_predict_for: z.number().int().positive(),
});

/** Rotations and translations of all predicted frames. */
export const poseDecoderCase: Adapter = (context) => {
  const options = readOptions(context.case, schema);
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
