import { lookUp } from '../../registry/registries.ts';
import type { DepthDecoder, Encoder } from '../../registry/definition.ts';
import type { StageContext } from '../../run/stage.ts';
import type { Mode } from '../../steps/dropout-noise.ts';
import type { DisparityNetwork } from '../../steps/disparity-network.ts';
import { seedFor } from '../batches/random-at.ts';
import { ownNoise } from './own-noise.ts';

export interface DepthNetwork extends DisparityNetwork {
  encoder: Encoder;
  decoder: DepthDecoder;
}

/** The config's encoder and depth decoder with random weights, which follow from the config's seed and `purpose`. */
export function depthNetwork(
  { config, registries }: Pick<StageContext, 'config' | 'registries'>,
  { purpose, scales }: { purpose: string; scales: number[] },
): DepthNetwork {
  const { encoder: encoderChoice, decoder: decoderChoice } = config.model;
  const seed = seedFor(config.seed, purpose);
  const encoder = lookUp(registries, 'encoder', encoderChoice.name).build(encoderChoice, { seed });
  const definition = lookUp(registries, 'decoder', decoderChoice.name);
  if (definition.task !== 'depth') throw new Error(`decoder "${definition.name}" predicts no depth`);
  const decoder = definition.build(decoderChoice, { encoderChannels: encoder.channels, scales, seed });
  const decode = (image: Parameters<DisparityNetwork['disparities']>[0], mode: Mode) =>
    decoder.apply(encoder.apply(image, ownNoise(encoder, mode)), ownNoise(decoder, mode));
  return {
    encoder,
    decoder,
    disparities: (image, mode) => decode(image, mode).disparities,
    features: (image, mode) => decode(image, mode).features,
    variables: [...encoder.variables, ...decoder.variables],
  };
}
