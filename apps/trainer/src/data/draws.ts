import { type Tensor, tensor, tensor2d, tensor3d, type Tensor3D } from '@tensorflow/tfjs-core';
import { drawColorJitter, drawStrongAugmentation, type StrongAugmentation } from '@segsde/augmentation';
import { deriveSeed } from '@segsde/data-loaders';
import { drawDropoutNoise, type DropoutSite } from '@segsde/models';
import { uniformFloat32 } from 'pure-rand/distribution/uniformFloat32';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { UnlabelledConfig } from '../config/schema.ts';
import type { Encoder } from '../parts/encoder.ts';
import type { Random } from '../parts/mixing.ts';

// Everything random of a training is drawn here, outside of compiled steps, and comes in as
// tensors.

/** Another seed for each purpose. */
export function seedFor(seed: number, purpose: string): number {
  return deriveSeed(seed, ...[...purpose].map((character) => character.charCodeAt(0)));
}

/**
 * A generator for one point of a run. It depends on nothing that was drawn before, so an
 * interrupted run goes on with the same draws.
 *
 * @param purpose keeps the streams of different users apart
 */
export function randomAt(seed: number, purpose: string, position: number): Random {
  return xoroshiro128plus(deriveSeed(seedFor(seed, purpose), position));
}

/** The noise of all dropouts of a network for one batch of images; empty for most networks. */
export function dropoutNoise(
  { encoder, decoder }: { encoder: Encoder; decoder: { dropoutSites: DropoutSite[] } },
  { imageShape, random }: { imageShape: [number, number, number, number]; random: Random },
): Record<string, Tensor> {
  const sites = [...encoder.dropoutSites, ...decoder.dropoutSites];
  if (sites.length === 0) return {};
  return drawDropoutNoise(sites, {
    featureShapes: encoder.featureShapes(imageShape),
    random: () => uniformFloat32(random),
  });
}

/** Standard normal draws (Box and Muller 1958). */
export function normalNoise(shape: number[], random: Random): Tensor {
  const values = new Float32Array(shape.reduce((a, b) => a * b, 1));
  for (let i = 0; i < values.length; i++) {
    const radius = Math.sqrt(-2 * Math.log(1 - uniformFloat64(random)));
    values[i] = radius * Math.cos(2 * Math.PI * uniformFloat64(random));
  }
  return tensor(values, shape);
}

/**
 * Colour jitter of depth learning, one transform for all frames of an item (docs/method.md,
 * section 3.8).
 */
export function jitterDraws(random: Random, { batch, probability }: { batch: number; probability: number }): Tensor3D {
  const draws = drawColorJitter(() => uniformFloat64(random), { batch, probability });
  return tensor3d(draws, [batch, 7, 3]);
}

/** Colour jitter and blur of one mixed batch (docs/method.md, section 4.6). */
export function strongDraws(
  { jitter, blurProbability }: Pick<UnlabelledConfig, 'jitter' | 'blurProbability'>,
  { random, batch, height, width }: { random: Random; batch: number; height: number; width: number },
): StrongAugmentation {
  const { probability, strength, hue } = jitter;
  const { color, blur } = drawStrongAugmentation(() => uniformFloat64(random), {
    ...{ batch, height, width, hue, blurProbability },
    jitterProbability: probability,
    ...{ brightness: strength, contrast: strength, saturation: strength },
  });
  return { color: tensor3d(color, [batch, 7, 3]), blur: tensor2d(blur, [2, 9]) };
}
