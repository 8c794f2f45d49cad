import { lookUp } from '../../registry/registries.ts';
import type { Encoder, SegmentationDecoder } from '../../registry/definition.ts';
import type { StageContext } from '../../run/stage.ts';
import type { SegmentationNetwork } from '../../steps/segmentation-network.ts';
import { seedFor } from '../batches/random-at.ts';
import { ownNoise } from './own-noise.ts';

export interface SegmentationNetworkParts extends SegmentationNetwork {
  encoder: Encoder;
  decoder: SegmentationDecoder;
}

/** The config's encoder and segmentation decoder with random weights, which follow from the config's seed alone. */
export function segmentationNetwork(
  { config, registries }: Pick<StageContext, 'config' | 'registries'>,
  { classes }: { classes: number },
): SegmentationNetworkParts {
  const { encoder: encoderChoice, decoder: depthDecoder, segmentation } = config.model;
  const seed = seedFor(config.seed, 'segmentation network');
  const encoder = lookUp(registries, 'encoder', encoderChoice.name).build(encoderChoice, { seed });
  const definition = lookUp(registries, 'decoder', segmentation.name);
  if (definition.task !== 'segmentation') throw new Error(`decoder "${definition.name}" predicts no classes`);
  const decoder = definition.build(segmentation, { encoderChannels: encoder.channels, classes, depthDecoder, seed });
  return {
    encoder,
    decoder,
    segment: (image, mode) => decoder.apply(encoder.apply(image, ownNoise(encoder, mode)), ownNoise(decoder, mode)),
    variables: [...encoder.variables, ...decoder.variables],
  };
}
