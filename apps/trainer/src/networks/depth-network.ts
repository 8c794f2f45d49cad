import { join } from 'node:path';
import { loadWeights } from '@segsde/models';
import type { Config } from '../config/schema.ts';
import { seedFor } from '../data/draws.ts';
import type { Encoder } from '../parts/encoder.ts';
import type { DepthDecoder } from '../parts/decoder.ts';
import type { DisparityNetwork } from '../steps/disparity-network.ts';
import type { Mode } from '../steps/dropout-noise.ts';
import { ownNoise } from './own-noise.ts';

export interface DepthNetwork extends DisparityNetwork {
  encoder: Encoder;
  decoder: DepthDecoder;
}

export interface DepthNetworkOptions {
  model: Pick<Config['model'], 'encoder' | 'decoder'>;
  scales: number[];
  /** The config's seed; the weights follow from it and from `purpose`. */
  seed: number;
  purpose: string;
}

/** The config's encoder and depth decoder with random weights. */
export function depthNetwork({ model, scales, seed, purpose }: DepthNetworkOptions): DepthNetwork {
  const own = seedFor(seed, purpose);
  const encoder = model.encoder.build({ seed: own });
  const decoder = model.decoder.build({ encoderChannels: encoder.channels, scales, seed: own });
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

/** The network that the depth recipe has left in `folder`. */
export async function learntDepth(
  options: Omit<DepthNetworkOptions, 'purpose'>,
  folder: string,
): Promise<DepthNetwork> {
  const network = depthNetwork({ ...options, purpose: 'depth network' });
  await loadWeights(network.encoder, join(folder, 'encoder.safetensors'));
  await loadWeights(network.decoder, join(folder, 'depth.safetensors'));
  return network;
}
