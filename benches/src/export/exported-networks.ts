import { argMax, randomUniform, tidy, type Tensor, type Tensor4D } from '@tensorflow/tfjs-core';
import { depthDecoder, jointSegmentationDecoder, resnetEncoder, type HasStateDict } from '@segsde/models';
import { segmentationNetwork } from '../segmentation/segmentation-network.ts';

export interface ExportedNetwork {
  name: string;
  /** The inference half. @param inputs images `[batch, height, width, 3]` in 0..1 */
  predict(inputs: { image: Tensor4D }): Record<string, Tensor>;
}

const CLASSES = 19;
const SEED = 1;

/** Gives normalisations something to do: a fresh network's neither shift nor scale. */
function shakeNorms(...networks: HasStateDict[]): void {
  const range = (key: string): [number, number] | undefined => {
    if (/(running_mean|norm\.bias|bn\d\.bias)$/.test(key)) return [-0.3, 0.3];
    return /(running_var|norm\.weight|bn\d\.weight)$/.test(key) ? [0.7, 1.3] : undefined;
  };
  for (const [i, { stateDict }] of networks.entries()) {
    for (const [key, variable] of stateDict) {
      const found = range(key);
      if (found) tidy(() => variable.assign(randomUniform(variable.shape, ...found, 'float32', SEED + i)));
    }
  }
}

/**
 * The networks of the other benches, and the one that predicts classes and disparity from one
 * encoder.
 */
export function exportedNetworks(): ExportedNetwork[] {
  const unet = segmentationNetwork({ classes: CLASSES, seed: SEED });
  shakeNorms(unet);

  const depthEncoder = resnetEncoder({ depth: 18, seed: SEED });
  const depth = depthDecoder({ encoderChannels: depthEncoder.channels, seed: SEED });
  shakeNorms(depthEncoder, depth);

  const encoder = resnetEncoder({ depth: 50, dilation: [false, true, true], seed: SEED });
  const shape = { encoderChannels: encoder.channels, aspp: { rates: [6, 12, 18] }, batchNorm: true, seed: SEED };
  const segmentation = jointSegmentationDecoder({ ...shape, classes: CLASSES, layers: [7, 9], outputStride: 2 });
  const disparity = depthDecoder({ ...shape, scales: [0] });
  shakeNorms(encoder, segmentation, disparity);

  return [
    { name: 'segmentation-unet', predict: ({ image }) => ({ logits: unet.predict(image) }) },
    {
      name: 'depth',
      predict: ({ image }) => ({ disparity: depth.apply(depthEncoder.apply(image)).disparities[0] }),
    },
    {
      name: 'joint',
      predict({ image }) {
        const features = encoder.apply(image);
        const logits = segmentation.apply(features);
        return { logits, label: argMax(logits, -1), disparity: disparity.apply(features).disparities[0] };
      },
    },
  ];
}
