/* Networks and images for the tests of the steps: small enough for plain JavaScript. */
import { tensor3d, tensor4d, type Tensor3D, type Tensor4D } from '@tensorflow/tfjs-core';
import { depthDecoder, jointSegmentationDecoder, poseNetwork, resnetEncoder } from '@segsde/models';
import type { DisparityNetwork } from './disparity-network.ts';
import type { PoseNetwork } from './pose-network.ts';
import type { SegmentationNetwork } from './segmentation-network.ts';

const width = 4;
const channels = [4, 4, 4, 8, 8];

export function tinyDisparityNetwork({ seed = 1, scales = [0, 1] } = {}): DisparityNetwork {
  const encoder = resnetEncoder({ depth: 18, width, seed });
  const decoder = depthDecoder({ encoderChannels: encoder.channels, channels, batchNorm: true, scales, seed });
  return {
    disparities: (image, mode) => decoder.apply(encoder.apply(image, mode), mode).disparities,
    features: (image, mode) => decoder.apply(encoder.apply(image, mode), mode).features,
    variables: [...encoder.variables, ...decoder.variables],
  };
}

export function tinyPoseNetwork({ seed = 1 } = {}): PoseNetwork {
  const network = poseNetwork({ width, seed });
  return {
    motion: (earlier, later, { training }) => network.apply(earlier, later, { training }),
    variables: network.variables,
  };
}

export function tinySegmentationNetwork({ seed = 1, classes = 3 } = {}): Required<SegmentationNetwork> {
  const encoder = resnetEncoder({ depth: 18, width, seed });
  const decoder = jointSegmentationDecoder({
    ...{ encoderChannels: encoder.channels, channels, classes, seed },
    ...{ batchNorm: true, headInter: false, layerChannels: 4 },
  });
  return {
    segment: (image, mode) => decoder.apply(encoder.apply(image, mode), mode),
    variables: [...encoder.variables, ...decoder.variables],
    buffers: [...encoder.buffers, ...decoder.buffers],
  };
}

/**
 * Stripes of three colours in 0..1, moved to the right by `shift` pixels; image i begins with
 * stripe i.
 */
export function stripes({ batch = 2, height = 64, width: columns = 64, shift = 0 } = {}): Tensor4D {
  const values: number[] = [];
  for (let i = 0; i < batch; i++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < columns; x++) {
        const class_ = stripe(x - shift, i);
        const shade = 0.1 * Math.sin(0.9 * (x - shift) + 0.7 * y);
        for (let c = 0; c < 3; c++) values.push((c === class_ ? 0.8 : 0.2) + shade);
      }
    }
  }
  return tensor4d(values, [batch, height, columns, 3]);
}

/** Which stripe each pixel of {@link stripes} belongs to. */
export function stripeLabels({ batch = 2, height = 64, width: columns = 64 } = {}): Tensor3D {
  const values = Int32Array.from({ length: batch * height * columns }, (_, at) =>
    stripe(at % columns, Math.floor(at / (height * columns))),
  );
  return tensor3d(values, [batch, height, columns], 'int32');
}

const stripe = (x: number, first: number) => (((Math.floor(x / 12) + first) % 3) + 3) % 3;
