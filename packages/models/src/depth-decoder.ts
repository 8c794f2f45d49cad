import type { Tensor4D } from '@tensorflow/tfjs-core';
import { buildNetwork } from './network-builder.ts';
import type { Network } from './network.ts';
import { runUnet, unet, type UnetOptions } from './unet.ts';

export interface DepthDecoderOptions extends UnetOptions {
  /** Compute disparities; otherwise the heads are parameters only. Default true. */
  disparity?: boolean;
  seed: number;
}

export type DepthDecoderOutputs = {
  /** By scale: sigmoid disparity `[batch, height / 2^s, width / 2^s, 1]`. */
  disparities: Record<number, Tensor4D>;
  /** By level 4 to 0: output of the level's second block, `("upconv", level)` of the reference; level L is layer 9 − L. */
  features: Record<number, Tensor4D>;
};

/**
 * U-Net decoder that turns an encoder's five maps into disparity at several scales (Godard et al. 2019, with an ASPP block; METHOD 2.3).
 * Image height and width must be multiples of 32.
 */
export function depthDecoder(options: DepthDecoderOptions): Network<DepthDecoderOutputs> {
  const { encoderChannels, disparity = true, seed } = options;
  let scales: number[] = [];
  const network = buildNetwork({ name: 'depth', inputChannels: encoderChannels, seed }, (features, build) => {
    const net = unet(build, options);
    const levels = runUnet(net, features);
    const heads = disparity ? [...net.disparityHeads] : [];
    scales = heads.map(([scale]) => scale);
    return [...levels.values(), ...heads.map(([scale, head]) => head(levels.get(scale)!))];
  });
  return {
    ...network,
    apply(features, applyOptions) {
      const outputs = network.apply(features, applyOptions);
      return {
        features: Object.fromEntries([4, 3, 2, 1, 0].map((level, i) => [level, outputs[i]])),
        disparities: Object.fromEntries(scales.map((scale, i) => [scale, outputs[5 + i]])),
      };
    },
  };
}
