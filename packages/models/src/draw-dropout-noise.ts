import { tensor4d, type Tensor4D } from '@tensorflow/tfjs-core';
import type { DropoutSite } from './network.ts';

/**
 * Draws the noise of a network's dropouts for one batch, to be passed to `apply` in training.
 *
 * @param sites the network's `dropoutSites`
 * @param featureShapes shapes of the encoder's maps, e.g.
 *   `encoder.featureShapes([batch, height, width, 3])`
 * @param random uniform numbers in 0..1, from a seeded generator
 * @returns by site, 0 where a value is dropped and 1 / (1 − rate) elsewhere
 */
export function drawDropoutNoise(
  sites: DropoutSite[],
  { featureShapes, random }: { featureShapes: number[][]; random: () => number },
): Record<string, Tensor4D> {
  const draw = ({ rate, shape }: DropoutSite) => {
    const sizes = shape(featureShapes);
    const kept = 1 / (1 - rate);
    const noise = new Float32Array(sizes.reduce((a, b) => a * b));
    // A loop: Float32Array.from takes five times as long, and there are millions.
    for (let i = 0; i < noise.length; i++) noise[i] = random() < rate ? 0 : kept;
    return tensor4d(noise, sizes);
  };
  return Object.fromEntries(sites.map((site) => [site.name, draw(site)]));
}
