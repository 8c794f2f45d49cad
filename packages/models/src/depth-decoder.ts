import { fill, tidy, type Tensor4D } from '@tensorflow/tfjs-core';
import { buildNetwork } from './network-builder.ts';
import type { Network } from './network.ts';
import { DEFAULT_SCALES, disparityBiasKey, runUnet, unet, type UnetOptions } from './unet.ts';

export interface DepthDecoderOptions extends UnetOptions {
  /** Compute disparities; otherwise the heads are parameters only. Default true. */
  disparity?: boolean;
  /**
   * The disparity, between 0 and 1, around which an untrained network predicts: it sets the heads'
   * biases. Low ones leave room for what is near. Default: biases as drawn, about 0.5.
   */
  initialDisparity?: number;
  seed: number;
}

export type DepthDecoderOutputs = {
  /** By scale: sigmoid disparity `[batch, height / 2^s, width / 2^s, 1]`. */
  disparities: Record<number, Tensor4D>;
  /**
   * By level 4 to 0: output of the level's second block, `("upconv", level)` of the reference;
   * level L is layer 9 − L.
   */
  features: Record<number, Tensor4D>;
};

/**
 * U-Net decoder that turns an encoder's five maps into disparity at several scales (Godard et al.
 * 2019, with an ASPP block if asked for; docs/method.md, section 2.3). Image height and width must
 * be multiples of 32.
 *
 * @throws if channels or scales are not what a U-Net of five levels can have, or `initialDisparity`
 *   is not between 0 and 1
 */
export function depthDecoder(options: DepthDecoderOptions): Network<DepthDecoderOutputs> {
  const { encoderChannels, disparity = true, initialDisparity, seed } = options;
  if (initialDisparity !== undefined && !(initialDisparity > 0 && initialDisparity < 1)) {
    throw new Error(`depthDecoder: initialDisparity is ${initialDisparity}; give a number between 0 and 1.`);
  }
  let scales: number[] = [];
  const network = buildNetwork({ name: 'depth', inputChannels: encoderChannels, seed }, (features, build) => {
    const net = unet(build, options);
    const levels = runUnet(net, features);
    const heads = disparity ? [...net.disparityHeads] : [];
    scales = heads.map(([scale]) => scale);
    return [...levels.values(), ...heads.map(([scale, head]) => head(levels.get(scale)!))];
  });
  if (initialDisparity !== undefined) {
    const logit = Math.log(initialDisparity / (1 - initialDisparity));
    for (const scale of options.scales ?? DEFAULT_SCALES) {
      tidy(() => network.stateDict.get(disparityBiasKey(scale))!.assign(fill([1], logit)));
    }
  }
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
