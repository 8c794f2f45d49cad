import type { Tensor } from '@tensorflow/tfjs-core';
import { drawDropoutNoise, type DropoutSite } from '@segsde/models';
import { uniformFloat32 } from 'pure-rand/distribution/uniformFloat32';
import type { Encoder, Random } from '../../registry/definition.ts';

interface Parts {
  encoder: Encoder;
  decoder: { dropoutSites: DropoutSite[] };
}

/** The noise of all dropouts of a network for one batch of images; empty for most networks. */
export function dropoutNoise(
  { encoder, decoder }: Parts,
  { imageShape, random }: { imageShape: [number, number, number, number]; random: Random },
): Record<string, Tensor> {
  const sites = [...encoder.dropoutSites, ...decoder.dropoutSites];
  if (sites.length === 0) return {};
  return drawDropoutNoise(sites, {
    featureShapes: encoder.featureShapes(imageShape),
    random: () => uniformFloat32(random),
  });
}
