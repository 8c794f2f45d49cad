import type { Tensor } from '@tensorflow/tfjs-core';

/**
 * What each dropout site of a network is multiplied by in one training pass; empty for networks
 * without dropout.
 */
export type DropoutNoise = Record<string, Tensor>;

/** How a network is applied: with running statistics, or as in training. */
export type Mode = { training: false } | { training: true; dropoutNoise: DropoutNoise };
