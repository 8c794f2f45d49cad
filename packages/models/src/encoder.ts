import type { Tensor4D } from '@tensorflow/tfjs-core';
import type { Network } from './network.ts';

/**
 * A network that turns images into feature maps for the decoders, finest map first. The decoders of
 * this package want five maps; `buildNetwork` shows how to write one.
 *
 * `apply` takes images `[batch, height, width, channels]` in 0..1 and normalises them itself.
 */
export interface Encoder extends Network<Tensor4D[], Tensor4D> {
  /** Channels of each map. */
  channels: number[];
  /** Pixels of the image along each axis for one of each map, e.g. 2, 4, 8, 16, 32. */
  strides: number[];
  /**
   * Shapes of the maps, see {@link featureShapes}.
   *
   * @param imageShape `[batch, height, width, channels]`
   */
  featureShapes(imageShape: number[]): number[][];
}

/**
 * Shapes `[batch, height, width, channels]` of an encoder's maps; sizes that its strides do not
 * divide are rounded up, as by padded convolutions.
 *
 * @param imageShape `[batch, height, width, channels]`
 */
export function featureShapes(
  { channels, strides }: Pick<Encoder, 'channels' | 'strides'>,
  [batch, height, width]: number[],
): number[][] {
  return strides.map((stride, i) => [batch, Math.ceil(height / stride), Math.ceil(width / stride), channels[i]]);
}
